"""Writes what the fuzzer begins with, of the rendered disclosures and the transcriptions; the
pages that are drawn are those that show a pitfall each, as a whole disclosure takes too long.

    python3 fuzz/seed.py [FOLDER]

FOLDER is `fuzz/corpus`, where cargo-fuzz looks; it gets one folder a target.
"""

import re
import sys
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RENDERED = ROOT / "tests/rendered"
PITFALLS = ROOT / "tests/pitfalls"
MOST = 60_000  # bytes: many small documents are read in the time of a large one

DOCX = ["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/charts/chart1.xml",
        "word/_rels/document.xml.rels"]
XLSX = ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"]


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pieces(data, between, most=MOST):
    """Cuts bytes into pieces of at most so many, where the mark stands."""
    found, begin = [], 0
    while begin < len(data):
        end = len(data) if len(data) - begin <= most else data.rfind(between, begin, begin + most)
        end = end if begin < end else min(begin + most, len(data))
        found.append(data[begin:end])
        begin = end
    return found


def docx(path):
    document, rest = parts(path), []
    for name in DOCX[1:]:
        part = document.get(name, b"")
        rest.append(part if len(part) <= MOST else b"")
    head, body = document[DOCX[0]].split(b"<w:body>", 1)
    for piece in pieces(body.split(b"</w:body>")[0], b"<w:tbl>"):
        if piece.startswith(b"<w:tbl>"):
            piece = piece.split(b"</w:tbl>")[0]
            piece = piece[:piece.rfind(b"<w:tr>")] + b"</w:tbl>"
        yield b"\0".join([head + b"<w:body>" + piece + b"</w:body></w:document>", *rest])


def xlsx(path):
    book = parts(path)
    rest = [book.get(name, b"") for name in XLSX]
    sheets = sorted(name for name in book if name.startswith("xl/worksheets/sheet"))
    for one, other in zip(sheets[::2], sheets[1::2]):
        yield b"\0".join([book[one], book[other], *rest])


def xls(path):
    yield path.read_bytes()


def html(path):
    data = path.read_bytes()
    head = data[:data.index(b"<body>") + 6]
    for piece in pieces(data[len(head):], b"<table"):
        yield head + piece


def pdf(path):
    yield path.read_bytes()
    yield unpacked(path.read_bytes())


def page(path):
    yield from pdf(path)


def unpacked(data):
    """Unpacks the streams of a PDF file that are text, and writes its list of objects anew."""
    def plain(match):
        head, body = match[1], match[2]
        try:
            text = zlib.decompress(body)
        except zlib.error:
            return match[0]
        if b"BT" not in text and b"begincmap" not in text or MOST < len(text):
            return match[0]
        head = re.sub(rb"/Filter\s*\[?\s*/FlateDecode\s*\]?", b"", head)
        head = re.sub(rb"/Length \d+", b"/Length %d" % len(text), head)
        return head + b"stream\n" + text + b"\nendstream"

    data = re.sub(rb"(<<(?:(?!stream).)*?>>\s*)stream\r?\n(.*?)\r?\nendstream", plain, data, flags=re.S)
    before = data[:data.rfind(b"\nxref")]
    trailer = data[data.rfind(b"trailer"):data.rfind(b"startxref")]
    places = {int(m[1]): m.start() + 1 for m in re.finditer(rb"\n(\d+) 0 obj", before)}
    table = [b"0000000000 65535 f \n"]
    for number in range(1, max(places, default=0) + 1):
        table.append(b"%010d 00000 n \n" % places.get(number, 0))
    return before + b"\nxref\n0 %d\n" % len(table) + b"".join(table) + trailer \
        + b"startxref\n%d\n%%%%EOF\n" % (len(before) + 1)


def text(path):
    yield from pieces(path.read_bytes(), b"\n")


def main():
    folder = Path(sys.argv[1]) if sys.argv[1:] else ROOT / "fuzz/corpus"
    sources = {text: ("txt", ROOT / "data/disclosures"), page: ("pdf", PITFALLS)}
    for target in (docx, xlsx, xls, html, pdf, page, text):
        own = folder / target.__name__
        own.mkdir(parents=True, exist_ok=True)
        kind, source = sources.get(target, (target.__name__, RENDERED))
        files = sorted(source.glob(f"*.{kind}"))
        for path in files:
            for at, seed in enumerate(target(path)):
                (own / f"{path.stem}-{at}").write_bytes(seed)
        print(f"{target.__name__}: {len(list(own.iterdir()))} of {len(files)} documents")


if __name__ == "__main__":
    main()
