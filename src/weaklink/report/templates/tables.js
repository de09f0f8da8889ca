"use strict";

const WAYS = { none: "ascending", ascending: "descending", descending: "none" };
const words = new Intl.Collator("en", { numeric: true });

function rank(row, place) {
  const { dataset, textContent } = row.cells[place];
  if (dataset.value === undefined) return textContent;
  return dataset.value === "" ? null : Number(dataset.value);
}

/** Orders by rank; what has none comes last either way, and equals stay as they stand. */
function inOrder(rows, place, way) {
  const sign = way === "ascending" ? 1 : -1;
  const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : words.compare(a, b);
  return rows
    .map((row) => ({ row, at: rank(row, place) }))
    .sort(({ at: a }, { at: b }) =>
      a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b))
    .map(({ row }) => row);
}

/** Puts a button into each heading: a click sorts up, then down, then as it was. */
function sortable(table) {
  const body = table.tBodies[0], headings = [...table.tHead.rows[0].cells];
  let given;
  for (const [place, heading] of headings.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      given ??= [...body.rows];
      const way = WAYS[heading.getAttribute("aria-sort") ?? "none"];
      for (const other of headings) other.removeAttribute("aria-sort");
      if (way !== "none") heading.setAttribute("aria-sort", way);
      body.append(...(way === "none" ? given : inOrder([...body.rows], place, way)));
    });
  }
}

const FEW = 12, FORMULA = /^[\s\x00]*[=+@-]|^[\t\r]/;

/** Returns the text of a cell as it is read: lines of a cell become words. */
const written = (cell) => (cell.innerText || cell.textContent).replace(/\s+/g, " ").trim();

/** Returns the rows that are shown, the heading first; numbers in full. */
function cellsOf(table) {
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  const heading = [...table.tHead.rows[0].cells].map(written);
  return [heading, ...rows.map((row) => [...row.cells].map((cell) => cell.dataset.value || written(cell)))];
}

/** Returns CSV; no cell of words is a formula to a spreadsheet. */
function csv(rows) {
  const quoted = (text) => {
    const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  return rows.map((row) => row.map(quoted).join(",")).join("\n") + "\n";
}

function save(table) {
  const link = document.createElement("a"), name = written(table.caption).replace(/[^\p{L}\p{N}]+/gu, "-");
  link.href = URL.createObjectURL(new Blob([csv(cellsOf(table))], { type: "text/csv" }));
  link.download = `${name.slice(0, 60).replace(/^-|-$/g, "")}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function copy(table, button) {
  await navigator.clipboard.writeText(cellsOf(table).map((row) => row.join("\t")).join("\n"));
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

/** Shows the rows of tables that hold every word of a search. */
function filter(tables, search) {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of tables.flatMap((table) => [...table.tBodies[0].rows])) {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
  }
}

/** Puts a filter, where there are many rows, and two buttons above a table. */
function equip(table) {
  const tools = document.createElement("div"), about = written(table.caption);
  tools.className = "table-tools";
  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", `${label}: ${about}`);
    made.addEventListener("click", () => act(table, made));
    tools.append(made);
  };
  if (table.tBodies[0].rows.length > FEW && !document.querySelector(".search")) {
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = "Filter";
    input.setAttribute("aria-label", `Filter: ${about}`);
    input.addEventListener("input", () => filter([table], input.value));
    tools.append(input);
  }
  if (navigator.clipboard) button("Copy", "Copy", copy);
  button("CSV", "CSV", save);
  table.parentElement.before(tools);
}

for (const table of document.querySelectorAll("main table")) {
  sortable(table);
  equip(table);
}
