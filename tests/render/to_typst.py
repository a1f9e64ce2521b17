"""Renders transcriptions as Typst sources."""

from disclosure import Table

PAGE = """#set page(paper: "a4", flipped: {flipped}, margin: 1.6cm, numbering: "- 1 -")
#set text(font: "Noto Serif CJK SC", lang: "zh", size: {size}pt)
#set table(inset: 3pt, stroke: {stroke})
#set par(leading: 0.5em)
"""

STROKES = {
    "ruled": "0.5pt",
    "half": "(x, y) => (top: 0.5pt, bottom: 0.5pt)",
    "unruled": "none",
}


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def source(blocks, rules="ruled", landscape=False, size=8):
    parts = [PAGE.format(flipped=str(landscape).lower(), size=size, stroke=STROKES[rules])]
    for block in blocks:
        if not isinstance(block, Table):
            parts.append(f"#par({literal(block)})" if block else "#v(1em)")
            continue
        columns = ", ".join(["1fr"] * block.width)
        parts.append(f"#table(columns: ({columns}),")
        for row in block.rows:
            for cell in row:
                if cell is None:
                    continue
                numeric = cell.text and all(c in "0123456789.,- " for c in cell.text)
                align = ", align: right" if numeric else ""
                parts.append(
                    f"  table.cell(colspan: {cell.columns}, rowspan: {cell.rows}{align})"
                    f"[#{literal(cell.text)}],"
                )
        parts.append(")")
    return "\n".join(parts)
