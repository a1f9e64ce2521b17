"""Compares the figures and the time of `fisc` with those of pdfplumber, on the same PDF files.

    python tests/render/compare_pdfplumber.py FISC FOLDER

needs pdfplumber 0.11 beside requirements.txt. FOLDER holds what render.py made; FISC is the
program. A figure is a number with decimals in a table of the transcription; it counts as read as
often as pdfplumber has it in its tables, and `fisc` in its amounts, which hold none of the
figures of performance forms. Time is CPU time: of whole processes of
pdfplumber, one a document, and of one process of `fisc` over all documents.
"""

import json
import resource
import subprocess
import sys
from collections import Counter
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


def bare(text):
    return "".join(text.split())


def expected(name):
    cells = Counter()
    for block in blocks(ROOT / "data/disclosures" / f"{name}.txt"):
        if isinstance(block, Table):
            cells.update(bare(c.text) for row in block.rows for c in row if c and c.text)
    cells.pop("", None)
    return cells


def amounts(cells):
    """The cells that are figures."""
    return Counter({c: n for c, n in cells.items() if "." in c and set(c) <= set("0123456789.,-")})


def main():
    fisc, folder = sys.argv[1], Path(sys.argv[2])
    files = sorted(folder.glob("*.pdf"))
    ours = {file.name: Counter() for file in files}
    printed, our_time = run(
        [fisc, "extract", *map(str, files), "--dataset", "amounts", "--format", "jsonl"]
    )
    for line in printed.splitlines():
        row = json.loads(line)
        if row["source"] == "table":
            ours[Path(row["path"]).name][bare(row["raw"])] += 1
    their_time, pages, worse = 0, 0, 0
    for file in files:
        wanted = amounts(expected(file.name.split(".")[0]))
        printed, time = run([sys.executable, "-c", PLUMBER, str(file)])
        count, cells = json.loads(printed)
        theirs = amounts(Counter(map(bare, cells)))
        their_time += time
        pages += count
        lost = (wanted - amounts(ours[file.name])) & theirs
        worse += bool(lost)
        print(
            f"{file.name}: {count} pages, {sum(wanted.values())} figures, "
            f"fisc {sum((wanted & ours[file.name]).values())}, "
            f"pdfplumber {sum((wanted & theirs).values())}, "
            f"only pdfplumber {sum(lost.values())}, {time:.2f} s"
        )
    each = our_time / len(files)
    print(f"{len(files)} documents, {pages} pages; worse in {worse}")
    print(f"pdfplumber {their_time / len(files):.3f} s a document, fisc {each:.4f} s: "
          f"{their_time / our_time:.0f} times; {our_time / pages * 25 * 1000:.1f} ms for 25 pages")


if __name__ == "__main__":
    main()
