"""Reads a transcription of `data/disclosures` into paragraphs and tables, for the renderers."""

import re
from dataclasses import dataclass, field
from pathlib import Path

ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}


@dataclass
class Cell:
    """A cell of a table, in the first of the columns and rows that it spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass
class Table:
    """A table: every row has a cell or None, where another cell spans, for each column."""

    rows: list = field(default_factory=list)

    @property
    def width(self):
        return len(self.rows[0])


def clean(line):
    """Takes the marks of the text extraction off a line."""
    line = re.sub(r"\[bookmark:[^\]]*\]", "", line)
    line = re.sub(r"^#+", "", line)
    line = re.sub(r"</?(?:p|br|div|li|tr)\b[^>]*>", " ", line)
    line = re.sub(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^>]*)?>", "", line)
    line = re.sub(r"(?<=[^\s*|])\*\*|\*\*(?=[^\s*|])", "", line)
    for entity, text in ENTITIES.items():
        line = line.replace(entity, text)
    return line


def blocks(path):
    """Returns the paragraphs (texts, empty ones too) and tables of a transcription, in order."""
    found = []
    rows = []

    def end_table():
        if rows:
            found.append(table(rows))
            rows.clear()

    lines = Path(path).read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if is_stacked(line):
            end_table()
            stack, at = stacked(lines, at)
            found.append(stack)
            continue
        at += 1
        if "\t" in line:
            cells = [cell.strip() for cell in clean(line).split("\t")]
            rows.append(cells)
            continue
        end_table()
        found.append(clean(line).strip())
    end_table()
    return found


def is_stacked(line):
    return line.startswith("\t") and "\t" not in line[1:]


def stacked(lines, at):
    """Reads a table whose cells stand one below the other, with an empty line behind each row;
    returns it and the line behind it."""
    rows = [[]]
    while at < len(lines):
        line = lines[at]
        if is_stacked(line):
            rows[-1].append(clean(line[1:]).strip())
        elif line.strip() and rows[-1]:
            rows[-1][-1] += "\n" + clean(line).strip()
        elif line.strip() or not rows[-1]:
            break
        else:
            rows.append([])
        at += 1
    rows = [row for row in rows if row]
    return table(rows), at


def table(rows):
    """Makes a table of rows of texts; the cells of its header span the empty ones beside and
    below them."""
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    grid = [[Cell(text) for text in row] for row in rows]
    height, width = len(grid), len(grid[0])
    first = grid[0]
    header = height > 2 and first[0].text and not any(c.isdigit() for r in rows[:2] for t in r for c in t)
    if not header or all(cell.text for cell in first):
        return Table(grid)
    for at in range(width):
        cell = first[at]
        if cell is None or not cell.text:
            continue
        end = at + 1
        # An empty cell is spanned where the row below has a text, and by a cell that has one
        # below itself too; at the end of the row it may as well be empty.
        if rows[1][at]:
            while end < width and not first[end].text and rows[1][end]:
                end += 1
        cell.columns = end - at
        for covered in range(at + 1, end):
            first[covered] = None
        if cell.columns == 1 and not rows[1][at]:
            cell.rows = 2
            grid[1][at] = None
    return Table(grid)
