"""Opens a report in headless Chromium, takes its screenshots and asks its DOM what is wrong.

usage: check.py REPORT FOLDER

REPORT is an index.html; the pages of units beside it are checked too. FOLDER takes the
screenshots. Of each page, at 1280 px and as a phone's 390 px, light and dark: nothing is wider
than the window, no text of a drawing leaves it or lies on another, every drawing has marks
that are seen, Chinese is drawn with glyphs, no section is broken, a click sorts a table,
everything is there without JavaScript, and nothing is fetched.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WINDOWS = {"wide": (1280, 2400), "phone": (390, 1800)}

# Runs in the page when it has been laid out, and leaves what it found in the title.
PROBE = """
<script>
addEventListener("load", () => {
  const wrong = [], width = document.documentElement.clientWidth;
  for (const details of document.querySelectorAll("details")) details.open = true;
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) wrong.push(`the page is ${over} px wider than the window`);
  const scrolls = (node) => node.closest(".box, nav") !== null;
  for (const node of document.body.querySelectorAll("*")) {
    const box = node.getBoundingClientRect();
    if (box.width === 0 || scrolls(node) || node.closest("svg")) continue;
    if (box.right > width + 1 || box.left < -1) {
      wrong.push(`${node.tagName}.${node.className} ends at ${Math.round(box.right)} of ${width}`);
    }
  }
  let drawings = 0, marks = 0;
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    drawings += 1;
    let seen = 0;
    for (const mark of svg.querySelectorAll("rect, path, circle")) {
      const box = mark.getBoundingClientRect();
      if (box.width + box.height > 0) seen += 1;
    }
    marks += seen;
    if (seen === 0) wrong.push(`nothing is drawn in ${svg.textContent.slice(0, 40)}`);
    const texts = [...svg.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    for (const [text, box] of texts) {
      if (box.right > frame.right + 2 || box.left < frame.left - 2 || box.bottom > frame.bottom + 2) {
        wrong.push(`the text ${text.textContent} leaves its drawing`);
      }
    }
    for (let i = 0; i + 1 < texts.length; i += 1) {
      const [a, b] = [texts[i][1], texts[i + 1][1]];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 3 && down > 8) {
        wrong.push(`the texts ${texts[i][0].textContent} and ${texts[i + 1][0].textContent} overlap`);
      }
    }
  }
  for (const figure of document.querySelectorAll("figure")) {
    const shown = [...figure.querySelectorAll("svg")].filter((svg) => svg.clientWidth > 0).length;
    if (shown !== Math.min(1, figure.querySelectorAll("svg").length)) {
      wrong.push(`${shown} drawings are shown of ${figure.textContent.slice(0, 40)}`);
    }
  }
  for (const broken of document.querySelectorAll(".broken")) wrong.push(broken.textContent);
  const ink = (node) => getComputedStyle(node).color, ground = getComputedStyle(document.body);
  if (ground.color === ground.backgroundColor) wrong.push("ink and page have one colour");
  const table = document.querySelector("table"), head = table && table.tHead.rows[0].cells[0];
  if (head) {
    head.click(); const up = head.getAttribute("aria-sort");
    head.click(); const down = head.getAttribute("aria-sort");
    if (up !== "ascending" || down !== "descending") wrong.push("a click does not sort");
  }
  const fetched = performance.getEntriesByType("resource").length;
  if (fetched > 0) wrong.push(`${fetched} files are fetched`);
  document.title = JSON.stringify({
    wrong, drawings, marks, rows: document.querySelectorAll("tbody tr").length,
    anchors: [...document.querySelectorAll("nav a")].filter(
      (a) => !document.querySelector(a.getAttribute("href"))).length,
    page: ground.backgroundColor,
  });
});
</script>
"""


def main():
    report, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    pages = [report, *sorted((report.parent / "units").glob("*.html"))[:3]]
    text = report.read_text(encoding="utf-8")
    size = len(text.encode())
    require(size < 2_000_000, f"index.html has {size} bytes")
    outside = re.findall(r'(?:src|href)="(?:https?:)?//[^"]*|url\([^)]*\)|@import', text)
    require(not outside, f"the report fetches {outside[:3]}")
    # What is read without JavaScript is what is in the text.
    bare = re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    require(bare.count("<svg") >= 10 and bare.count("<tr") >= 30, "the report is made by its script")
    for address in set(re.findall(r'href="(units/[^"]+)"', text)):
        from urllib.parse import unquote
        require((report.parent / unquote(address)).is_file(), f"{address} is not there")
    drawings = 0
    for page in pages:
        for name, (width, height) in WINDOWS.items():
            shown = {}
            for scheme in ("light", "dark"):
                found = probe(page, width, height, scheme, name)
                require(not found["wrong"], f"{page.name} {name} {scheme}: {found['wrong'][:5]}")
                require(found["anchors"] == 0, f"{page.name}: a link of the head leads nowhere")
                shown[scheme] = found["page"]
                if page == report:
                    require(found["drawings"] >= 8, f"{name}: only {found['drawings']} drawings")
                    require(found["marks"] >= 40, f"{name}: only {found['marks']} marks")
                    require(found["rows"] >= 30, f"{name}: only {found['rows']} rows")
                    drawings = found["drawings"]
            require(shown["light"] != shown["dark"], f"{page.name}: the dark is as the light")
    for name, (width, height) in WINDOWS.items():
        target = folder / f"report-{name}.png"
        chromium(report, width, height, "light", f"--screenshot={target}")
        require(target.stat().st_size > 30_000, f"{target.name} is empty")
    print(f"{len(pages)} pages, {drawings} drawings, {size // 1000} kB, wide and narrow, light and dark")


def probe(page, width, height, scheme, name):
    """Lays a page out in an iframe as wide as the window asks for, and reads its title."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        text = page.read_text(encoding="utf-8")
        copy.write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
        # Chromium has no window narrower than 500 px; a frame has any width.
        frame = Path(folder) / "frame.html"
        frame.write_text(
            f'<body style="margin:0"><iframe id="f" src="page.html" width="{width}" height="{height}" '
            'style="border:0"></iframe><script>setInterval(() => { const t = '
            'document.getElementById("f").contentDocument; if (t && t.title[0] === "{") '
            "document.title = t.title; }, 20)</script>",
            encoding="utf-8",
        )
        out = chromium(frame, 1300, height, scheme, "--dump-dom", "--allow-file-access-from-files",
                       "--virtual-time-budget=8000")
    found = re.search(r"<title>(\{.*?\})</title>", out, flags=re.S)
    require(found, f"{page.name} {name}: the page does not load: {out[:300]}")
    return json.loads(unescaped(found.group(1)))


def unescaped(text):
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(name, sign)
    return text


def chromium(page, width, height, scheme, *options):
    """Runs Chromium in a new profile; returns what it prints."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require(program, "there is no chromium")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--hide-scrollbars", f"--user-data-dir={profile}", f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={'0' if scheme == 'dark' else '1'}",
            *options, page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    require(done.returncode == 0, f"chromium: {done.stderr[-500:]}")
    return done.stdout


def require(holds, message):
    if not holds:
        sys.exit(message)


if __name__ == "__main__":
    main()
