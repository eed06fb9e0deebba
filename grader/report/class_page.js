"use strict";
// What the page can do beyond being read: tables are sorted by the names of their columns, students are searched.
(() => {
  const byLetters = new Intl.Collator(undefined, { numeric: true });
  const said = cell => cell.querySelector("[aria-label]")?.getAttribute("aria-label") ?? cell.textContent.trim();

  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") === "ascending", numbers = head.classList.contains("n");
        const key = row => numbers ? parseFloat(said(row.cells[column])) : said(row.cells[column]);
        const order = (a, b) => (falls ? -1 : 1) * (numbers ? a - b : byLetters.compare(a, b));
        const empty = value => value === "" || Number.isNaN(value); // stands last, whichever way
        const keyed = [...body.rows].map(row => [key(row), row]);
        keyed.sort(([a], [b]) => empty(a) || empty(b) ? empty(a) - empty(b) : order(a, b));
        body.replaceChildren(); // thousands of rows are faster put in order where nobody sees them
        body.append(...keyed.map(([, row]) => row));
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      });
    });
  }

  const search = document.getElementById("search"), found = document.getElementById("found");
  const rows = [...document.querySelectorAll("#students tbody tr")].map(row => [row, row.textContent.toLowerCase()]);
  const has = (row, text, word) => word.startsWith("cluster:")
    ? (row.dataset.c ?? "").split(" ").includes(word.slice(8)) : text.includes(word);
  const show = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [row, text] of rows) {
      row.hidden = !wanted.every(word => has(row, text, word));
      count += !row.hidden;
    }
    found.textContent = `${count} of ${rows.length}`;
  };
  search.addEventListener("input", show);
  document.getElementById("searching").hidden = false;
  for (const link of document.querySelectorAll("a[data-find]")) {
    link.hidden = false;
    link.addEventListener("click", () => { search.value = link.dataset.find; show(); });
  }
  show(); // a browser that comes back to the page keeps what was typed

  // The marks of a strip tell their part where the pointer rests on them.
  const ids = [...document.querySelectorAll("#parts tbody th [data-id]")].map(part => part.dataset.id);
  const labels = new Map([...document.querySelectorAll(".legend [data-symbol]")].map(it => [it.dataset.symbol, it.dataset.label]));
  document.getElementById("students").addEventListener("mouseover", ({ target }) => {
    if (!target.matches(".strip > span > *")) return;
    const at = [...target.closest(".strip").querySelectorAll(":scope > span > *")].indexOf(target);
    target.title = `${ids[at]}: ${labels.get(target.textContent)}`;
  });
})();
