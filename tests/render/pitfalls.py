"""Writes PDF files of one or a few pages, each of which shows what published ones do to a reader.

    python tests/render/pitfalls.py tests/pitfalls

needs nothing but Python: the operators are written by hand, and no font is embedded. The
figures and names are made up.
"""

import sys
from pathlib import Path

HEADER = ["科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    ["合计", "1234.56", "1000.06", "234.50"],
    ["住房保障支出", "1234.56", "1000.06", "234.50"],
]
TITLE = "支出总表"
UNIT = "单位：万元"


class Pdf:
    """The objects of a file, numbered from 1."""

    def __init__(self):
        self.objects = []

    def add(self, body):
        self.objects.append(body if isinstance(body, bytes) else body.encode("latin-1"))
        return len(self.objects)

    def stream(self, content, entries=""):
        content = content if isinstance(content, bytes) else content.encode("latin-1")
        head = f"<< /Length {len(content)} {entries}>>\nstream\n".encode("latin-1")
        return self.add(head + content + b"\nendstream")

    def write(self, path, root):
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self.objects, start=1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        table = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        for place in places:
            out += f"{place:010} 00000 n \n".encode()
        trailer = f"<< /Size {len(places) + 1} /Root {root} 0 R >>"
        out += f"trailer\n{trailer}\nstartxref\n{table}\n%%EOF\n".encode()
        Path(path).write_bytes(bytes(out))


def chinese_font(pdf, encoding="UniGB-UCS2-H"):
    """A font of the collection GB1 that is not in the file; letters and digits are half as wide."""
    descriptor = pdf.add(
        "<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -141 1000 859] "
        "/ItalicAngle 0 /Ascent 859 /Descent -141 /CapHeight 683 /StemV 80 >>"
    )
    below = pdf.add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo "
        "<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 "
        f"/W [1 95 500 814 939 500] /FontDescriptor {descriptor} 0 R >>"
    )
    return pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /{encoding} "
        f"/DescendantFonts [{below} 0 R] >>"
    )


def ucs2(text):
    return "<" + text.encode("utf-16-be").hex() + ">"


def gbk(text):
    return "<" + text.encode("gbk").hex() + ">"


def show(text, x, y, size=10, code=ucs2):
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm {code(text)} Tj ET\n"


def width(text, size=10):
    return sum(size / 2 if c.isascii() else size for c in text)


def line(x0, y0, x1, y1, thick=0.5):
    return f"{thick} w {x0} {y0} m {x1} {y1} l S\n"


def grid(columns, rows):
    """A line along every edge, from one end to the other."""
    across = "".join(line(columns[0], y, columns[-1], y) for y in rows)
    return across + "".join(line(x, rows[0], x, rows[-1]) for x in columns)


COLUMNS = [60, 220, 320, 420, 520]


def table(rows, top, cell=show, columns=COLUMNS, height=20):
    """A ruled table: texts on the left of their cells, figures on the right."""
    edges = [top - height * at for at in range(len(rows) + 1)]
    content = grid(columns, edges)
    for row, y in zip(rows, edges[1:]):
        for at, text in enumerate(row):
            if text:
                figure = text[0].isdigit()
                x = columns[at + 1] - 4 - width(text) if figure else columns[at] + 4
                content += cell(text, x, y + 6)
    return content


def heading(top=780):
    return show(TITLE, 240, top, 16) + show(UNIT, 440, top - 24)


def pages(path, contents, box="0 0 595 842", extra="", encoding="UniGB-UCS2-H", images=""):
    """Writes a file with a page for each content."""
    pdf = Pdf()
    catalog, tree = 1, 2
    pdf.add(f"<< /Type /Catalog /Pages {tree} 0 R >>")
    pdf.add("")
    font = chinese_font(pdf, encoding)
    if images:
        images = f"/XObject << /{images} {picture(pdf)} 0 R >> "
    kids = []
    for content in contents:
        stream = pdf.stream(content)
        kids.append(pdf.add(
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [{box}] {extra} /Contents {stream} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> {images}>> >>"
        ))
    refs = " ".join(f"{kid} 0 R" for kid in kids)
    pdf.objects[tree - 1] = f"<< /Type /Pages /Kids [{refs}] /Count {len(kids)} >>".encode()
    pdf.write(path, catalog)


def picture(pdf):
    return pdf.stream(
        b"\xee",
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        "/BitsPerComponent 8 ",
    )


def plain(folder):
    pages(folder / "ruled.pdf", [heading() + table([HEADER, *ROWS], 740)])


def clipped(folder):
    """The last row is drawn on both pages, and each page shows only its own part of it."""
    whole = table([HEADER, *ROWS], 740)
    first = "q 0 705 595 137 re W n\n" + heading() + whole + "Q\n"
    second = "q 0 0 595 818 re W n\n" + table([HEADER, *ROWS], 858) + "Q\n"
    pages(folder / "clipped.pdf", [first, second])


def overflowing(folder):
    """The last row goes on on the second page; both draw all of it, and show their part."""
    columns = [60, 110, *COLUMNS[2:]]
    broken = grid(columns, [700, 660])
    broken += show(ROWS[1][0][:4], 64, 686) + show(ROWS[1][0][4:], 64, 666)
    for at, text in enumerate(ROWS[1]):
        if at:
            broken += show(text, columns[at + 1] - 4 - width(text), 686)
    whole = table([HEADER, ROWS[0]], 740, columns=columns) + broken
    first = "q 0 680 595 162 re W n\n" + heading() + whole + "Q\n"
    second = "q 0 0 595 800 re W n 1 0 0 1 0 120 cm\n" + broken + "Q\n"
    pages(folder / "overflowing.pdf", [first, second])


def part_scanned(folder):
    """The second page is a picture; a stamp alone, a page of nothing and a title page are none."""
    title = "q 595 0 0 842 0 0 cm /I Do Q\n" + show("部门预算", 240, 500, 24)
    number = show("- 2 -", 290, 30)
    scanned = "q 595 0 0 421 0 421 cm /I Do Q q 595 0 0 421 0 0 cm /I Do Q\n" + number
    stamp = "q 120 0 0 120 400 100 cm /I Do Q\n"
    contents = [title, scanned, heading() + table([HEADER, *ROWS], 740), stamp, ""]
    pages(folder / "part-scanned.pdf", contents, images="I")


def bold(folder):
    def twice(text, x, y):
        return show(text, x, y) + show(text, round(x + 0.3, 2), y)
    pages(folder / "bold-twice.pdf", [heading() + table([HEADER, *ROWS], 740, twice)])


def runs(folder):
    """An amount in several pieces of text, which are not in their order."""
    def pieces(text, x, y):
        if not text[0].isdigit():
            return show(text, x, y)
        cut = len(text) - 4
        return show(text[cut:], x + width(text[:cut]), y) + show(text[:cut], x, y)
    pages(folder / "several-runs.pdf", [heading() + table([HEADER, *ROWS], 740, pieces)])


def lowered(folder):
    """Digits stand lower than the words of their row."""
    def lower(text, x, y):
        return show(text, x, y - 2.5 if text[0].isdigit() else y)
    pages(folder / "lower-digits.pdf", [heading() + table([HEADER, *ROWS], 740, lower)])


def sides(folder):
    """Every side of every cell is a line of its own, and some are thin rectangles."""
    rows = [740 - 20 * at for at in range(42)]
    content = heading()
    for top, bottom in zip(rows, rows[1:]):
        for left, right in zip(COLUMNS, COLUMNS[1:]):
            content += f"{left} {top - 0.25} {right - left} 0.5 re f\n"
            content += line(left, bottom, right, bottom)
            content += line(left, top, left, bottom) + line(right + 0.3, top, right + 0.3, bottom)
    filled = [HEADER, *ROWS]
    for row, y in zip(filled, rows[1:]):
        for at, text in enumerate(row):
            x = COLUMNS[at + 1] - 4 - width(text) if text[0].isdigit() else COLUMNS[at] + 4
            content += show(text, x, y + 6)
    pages(folder / "side-by-side.pdf", [content])


def inside(folder):
    """The title and the unit of money are cells that reach over the whole table."""
    content = line(60, 780, 520, 780) + line(60, 760, 520, 760)
    content += line(60, 780, 60, 740) + line(520, 780, 520, 740)
    content += show(TITLE, 260, 766) + show(UNIT, 460, 746)
    pages(folder / "title-inside.pdf", [content + table([HEADER, *ROWS], 740)])


def alone(folder):
    """The total stands alone on the second page; a third one has only an empty grid."""
    first = heading() + table([HEADER, ROWS[1]], 740)
    second = table([ROWS[0]], 780)
    third = grid(COLUMNS, [780 - 20 * at for at in range(20)])
    pages(folder / "total-alone.pdf", [first, second, third])


def rotated(folder):
    """The page is to be turned, and what it shows is drawn lying."""
    content = "q 0 1 -1 0 595 0 cm\n" + heading(540) + table([HEADER, *ROWS], 500) + "Q\n"
    pages(folder / "rotated.pdf", [content], extra="/Rotate 90")


def gbk_codes(folder):
    def cell(text, x, y):
        return show(text, x, y, code=gbk)
    head = show(TITLE, 240, 780, 16, gbk) + show(UNIT, 440, 756, code=gbk)
    content = head + table([HEADER, *ROWS], 740, cell)
    pages(folder / "gbk-codes.pdf", [content], encoding="GBK-EUC-H")


def radicals(folder):
    """The font names radicals where it means characters."""
    change = str.maketrans({"支": "⽀", "目": "⽬", "入": "⼊", "户": "⼾", "门": "⻔", "长": "⻓"})
    def cell(text, x, y):
        return show(text.translate(change), x, y)
    head = show(TITLE.translate(change), 240, 780, 16) + show(UNIT, 440, 756)
    pages(folder / "radicals.pdf", [head + table([HEADER, *ROWS], 740, cell)])


def type3(folder):
    """A font whose characters are drawings without names stands beside one with names."""
    pdf = Pdf()
    pdf.add("<< /Type /Catalog /Pages 2 0 R >>")
    pdf.add("")
    font = chinese_font(pdf)
    box = pdf.stream("1000 0 0 0 800 800 d1 0 0 800 800 re f")
    drawn = pdf.add(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/CharProcs << /g1 {box} 0 R /g2 {box} 0 R >> /FirstChar 1 /LastChar 2 /Widths [1000 1000] "
        "/Encoding << /Type /Encoding /Differences [1 /g1 /g2] >> /Resources << >> >>"
    )
    content = heading() + table([HEADER, *ROWS], 740)
    content += "BT /F2 10 Tf 1 0 0 1 60 600 Tm <010201> Tj ET\n"
    stream = pdf.stream(content)
    page = pdf.add(
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {stream} 0 R "
        f"/Resources << /Font << /F1 {font} 0 R /F2 {drawn} 0 R >> >> >>"
    )
    pdf.objects[1] = f"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>".encode()
    pdf.write(folder / "type3.pdf", 1)


def unruled(folder):
    """No line at all; the header of two columns is over the middle of both."""
    head = show("科目名称", 64, 700) + show("合计", 250, 700) + show("本年支出", 400, 712)
    head += show("基本支出", 350, 700) + show("项目支出", 450, 700)
    content = heading() + head
    for row, y in zip(ROWS, (684, 668)):
        for at, text in enumerate(row):
            x = COLUMNS[at + 1] - 20 - width(text) if text[0].isdigit() else COLUMNS[at] + 4
            content += show(text, x, y)
    pages(folder / "unruled.pdf", [content])


def overprinted(folder):
    """No line at all; a code that is too long for its cell stands over the name beside it, and
    another ends where the name begins."""
    rows = [
        ["208", "社会保障支出", "30.00", "10.00"],
        ["210", "卫生健康支出", "40.00", "20.00"],
        ["42130322032R000161", "一次性奖金", "50.00", "30.00"],
        ["4213032203", "绩效工资", "60.00", "40.00"],
        ["221", "住房保障支出", "70.00", "50.00"],
    ]
    content = heading()
    for x, text in zip((60, 110, 250, 350), ("编码", "科目名称", "基本支出", "项目支出")):
        content += show(text, x, 700)
    for at, row in enumerate(rows):
        y = 684 - 16 * at
        for x, text in zip((60, 110), row):
            content += show(text, x, y)
        for x, text in zip((320, 420), row[2:]):
            content += show(text, x - width(text), y)
    pages(folder / "overprinted.pdf", [content])


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for write in (plain, clipped, overflowing, part_scanned, bold, runs, lowered, sides, inside,
                  alone, rotated, gbk_codes, radicals, type3, unruled, overprinted):
        write(folder)


if __name__ == "__main__":
    main()
