"use strict";
for (const head of document.querySelectorAll("thead th")) {
  head.tabIndex = 0;
  head.setAttribute("role", "button");
  const sort = () => {
    const at = head.cellIndex, body = head.closest("table").tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => {
      const cell = row.cells[at], text = (cell.title || cell.textContent).trim();
      const number = Number(text.replace(/,|\s*[元%]$/g, ""));
      return text === "" ? null : Number.isNaN(number) ? text : number;
    };
    const rows = [...body.rows].map((row) => [key(row), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = typeof a === typeof b && typeof a === "number"
        ? a - b : String(a).localeCompare(String(b), "zh");
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  head.addEventListener("click", sort);
  head.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
  });
}
