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
  const body = table.tBodies[0], headings = [...table.tHead.rows[0].cells], given = [...body.rows];
  for (const [place, heading] of headings.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const way = WAYS[heading.getAttribute("aria-sort") ?? "none"];
      for (const other of headings) other.removeAttribute("aria-sort");
      if (way !== "none") heading.setAttribute("aria-sort", way);
      body.append(...(way === "none" ? given : inOrder([...body.rows], place, way)));
    });
  }
}

document.querySelectorAll("main table").forEach(sortable);
