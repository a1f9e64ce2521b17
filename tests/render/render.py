"""Renders the transcriptions of `data/disclosures` as DOCX, XLSX, XLS, ODS, HTML and PDF.

    python tests/render/render.py FOLDER [KIND…]

needs the packages of requirements.txt, and LibreOffice (XLS, ODS, PDF), Chromium (PDF) and a CJK
font where they are installed; without them those files are left out.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import typst
from disclosure import blocks
from to_html import page
from to_office import docx, xlsx
from to_typst import source

ROOT = Path(__file__).resolve().parents[2]

PRINT_STYLE = """
@page { size: A4 %s; margin: 15mm }
body { font-family: 'Noto Serif CJK SC'; font-size: 9pt }
table { border-collapse: collapse; width: 100%% }
td { border: %s; padding: 2px; vertical-align: middle }
td p { margin: 0 }
"""


def office(kind, document, folder):
    """Converts a document with LibreOffice."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless",
             "--convert-to", kind, "--outdir", folder, document],
            check=True, capture_output=True, timeout=300,
        )


def chromium(page_file, pdf):
    """Prints a page with Chromium."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={profile}", "--no-pdf-header-footer",
             f"--print-to-pdf={pdf}", page_file.as_uri()],
            check=True, capture_output=True, timeout=300,
        )


def render(document, folder, kinds):
    name = document.stem
    content = blocks(document)
    if "html" in kinds:
        charset = "gb2312" if "2023" in name else "utf-8"
        (folder / f"{name}.html").write_bytes(page(name, content, charset))
    docx(content, folder / f"{name}.docx")
    xlsx(content, folder / f"{name}.xlsx")
    for kind in {"xls", "ods"}.intersection(kinds) if shutil.which("soffice") else ():
        office(kind, folder / f"{name}.xlsx", folder)
    if "pdf" in kinds:
        pdfs(content, name, folder)


def pdfs(content, name, folder):
    for rules, landscape in [("ruled", False), ("ruled", True), ("half", False), ("unruled", True)]:
        side = "landscape" if landscape else "portrait"
        pdf = folder / f"{name}.typst-{rules}-{side}.pdf"
        with tempfile.NamedTemporaryFile("w", suffix=".typ", encoding="utf-8") as text:
            text.write(source(content, rules, landscape, size=7 if landscape else 6))
            text.flush()
            pdf.write_bytes(typst.compile(text.name))
    if shutil.which("soffice"):
        office("pdf", folder / f"{name}.docx", folder)
        (folder / f"{name}.pdf").rename(folder / f"{name}.office-ruled-portrait.pdf")
    if shutil.which("chromium"):
        for rules, border in [("ruled", "1px solid black"), ("unruled", "none")]:
            style = PRINT_STYLE % ("landscape", border)
            with tempfile.NamedTemporaryFile(suffix=".html") as text:
                text.write(page(name, content, style=style, framed=False))
                text.flush()
                chromium(Path(text.name), folder / f"{name}.chromium-{rules}-landscape.pdf")


def main():
    folder = Path(sys.argv[1])
    kinds = sys.argv[2:] or ["docx", "xlsx", "xls", "ods", "html", "pdf"]
    folder.mkdir(parents=True, exist_ok=True)
    for document in sorted((ROOT / "data/disclosures").glob("*.txt")):
        render(document, folder, kinds)


if __name__ == "__main__":
    main()
