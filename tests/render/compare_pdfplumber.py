"""Compares the figures and the time of `fisc` with those of pdfplumber, on the same PDF files.

    python tests/render/compare_pdfplumber.py FISC FOLDER

needs pdfplumber 0.11. FOLDER holds what render.py made; FISC is the program. A figure is a number
with decimals in a table of the transcription; pdfplumber has it as often as it stands alone in a
cell of its tables. `fisc` has it as often as it is, each time at another place, an amount of a
table or a chart, of an indicator, or among the gaps: read there as a number, and told to be of
no dataset yet. Charts repeat what the text states and are then not read once more: where no
statutory table is printed, a figure that is stated is had as well. Time is CPU time: of whole
processes of pdfplumber, one a document, and of one process of `fisc` over all documents. Ends
with status 1 where pdfplumber has a figure in any file that `fisc` has not.
"""

import json
import re
import resource
import subprocess
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

from disclosure import Table, blocks

ROOT = Path(__file__).resolve().parents[2]

PLUMBER = """
import json, sys, pdfplumber
cells = []
with pdfplumber.open(sys.argv[1]) as pdf:
    for page in pdf.pages:
        for table in page.extract_tables():
            cells.extend(cell for row in table for cell in row if cell)
    print(json.dumps([len(pdf.pages), cells]))
"""


def seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command):
    before = seconds()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout, seconds() - before


def figure(text):
    """Returns the number that a cell is; nothing where it has no decimals, or is none."""
    text = "".join(text.split()).replace(",", "")
    return Decimal(text) if re.fullmatch(r"[-+]?\d+\.\d+", text) else None


def figures(cells):
    found = Counter(map(figure, cells))
    del found[None]
    return found


def expected(name):
    cells = Counter()
    for block in blocks(ROOT / "data/disclosures" / f"{name}.txt"):
        if isinstance(block, Table):
            cells += figures(c.text for row in block.rows for c in row if c and c.text)
    return cells


class Read:
    """What `fisc` reads in a document."""

    def __init__(self):
        # What stands at each place, by line and column.
        self.places = {}
        self.stated = set()
        self.gaps = 0
        self.has_tables = False

    def add(self, dataset, row):
        place = (dataset == "indicators", row["line"], row["column"])
        if dataset == "amounts" and row["source"] != "text":
            self.has_tables |= row["source"] == "table"
            self.places[place] = [figure(row["raw"])]
        elif dataset == "statements" and (number := re.match(r"[-+]?[\d,]+\.\d+", row["raw"])):
            self.stated.add(figure(number[0]))
        elif dataset == "indicators":
            values = [figure(row[key] or "") for key in ("target", "actual", "weight")]
            self.places[place] = values
            # The amount of a project is printed once, in ten thousands.
            if row["project_amount"]:
                own = ("project", row["project"], row["row_unit"], row["goal"])
                self.places[own] = [Decimal(row["project_amount"]) / 10_000]
        elif dataset == "gaps" and row["column"] and figure(row["token"]) is not None:
            self.gaps += place not in self.places
            self.places.setdefault(place, [figure(row["token"])])

    def lacks(self, wanted):
        """Returns what of some figures it has not."""
        lost = wanted - Counter(value for own in self.places.values() for value in own)
        if not self.has_tables:
            lost = Counter({value: count for value, count in lost.items()
                            if value not in self.stated})
        return lost


def main():
    fisc, folder = sys.argv[1], Path(sys.argv[2])
    files = sorted(folder.glob("*.pdf"))
    ours = defaultdict(Read)
    our_time = 0
    for dataset in ("amounts", "statements", "indicators", "gaps"):
        printed, time = run([fisc, "extract", *files, "--dataset", dataset, "--format", "jsonl"])
        # Each of them reads the documents wholly.
        our_time += time / 4
        for line in printed.splitlines():
            row = json.loads(line)
            ours[Path(row["path"]).name].add(dataset, row)
    their_time, pages, worse = 0, 0, 0
    for file in files:
        wanted = expected(file.name.split(".")[0])
        printed, time = run([sys.executable, "-c", PLUMBER, file])
        count, cells = json.loads(printed)
        theirs = figures(cells)
        their_time += time
        pages += count
        own = ours[file.name]
        lost = own.lacks(wanted)
        only_theirs = lost & theirs
        worse += bool(only_theirs)
        print(
            f"{file.name}: {count} pages, {wanted.total()} figures, "
            f"fisc {wanted.total() - lost.total()} ({own.gaps} of them gaps), "
            f"pdfplumber {(wanted & theirs).total()}, "
            f"only pdfplumber {only_theirs.total()}{[*map(str, only_theirs)] or ''}, {time:.2f} s"
        )
    each = our_time / len(files)
    print(f"pdfplumber {their_time / len(files):.3f} s a document, fisc {each:.4f} s: "
          f"{their_time / our_time:.0f} times; {our_time / pages * 25 * 1000:.1f} ms for 25 pages")
    print(f"= {len(files)} documents, {pages} pages; worse in {worse}")
    sys.exit(bool(worse))


if __name__ == "__main__":
    main()
