"use strict";

const ROW = 32;
const SIGNS = { succeeded: "✓", failed: "✗", exhausted: "…", skipped: "–", error: "!" };
const HEADINGS = [
  ["status", "the attack"], ["model", "model"], ["attack", "attack"], ["dataset", "data set"],
  ["sample", "sample"], ["queries", "queries"], ["changed", "changed"], ["similarity", "similarity"],
];
const NAMED = ["model", "attack", "dataset", "status", "correct", "valid", "falls"];
const SHOWN = HEADINGS.map(([name]) => name).concat("words");
const PAGE = 100;
const FIELDS = ["kind", ...NAMED, "link"];
const $ = (id) => document.getElementById(id);
const form = $("filters"), scroller = $("scroller"), list = $("rows");

const source = $("data").dataset.source ? handedOut($("data").dataset.source) : held();
let whole, names, links, columns, lowered, sort = null, chosen = null, size = 0, turn = 0;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function read() {
  const packed = Uint8Array.from(atob($("data").textContent), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  whole = JSON.parse(await new Response(stream).text());
  ({ names, links, columns } = whole);
  lowered = whole.texts?.map((text) => text.toLowerCase());
}

function adversarial({ texts, edits, columns }, i) {
  const original = texts[columns.text[i]];
  let made = "", done = 0;
  for (const [start, end, text] of edits[columns.edits[i]]) {
    made += original.slice(done, start) + text;
    done = end;
  }
  return made + original.slice(done);
}

const key = (model, i) =>
  [model, columns.attack[i], columns.dataset[i], columns.sample[i], columns.repetition[i]].join();

/** Returns the numbers of the names that a field has chosen, or null where it leaves all. */
function numbers(name) {
  const { value } = form.elements[name];
  return value ? value.split("\n").map((one) => names[name].indexOf(one)) : null;
}

/** Returns whether an outcome is against a downstream of the links, where their upstream fell. */
function handedDown(chosen) {
  const picked = chosen.map((number) => links[number] ?? []);
  const ups = new Set(picked.map(([up]) => up)), fallen = new Set();
  for (let i = 0; i < columns.model.length; i++)
    if (ups.has(columns.model[i]) && columns.upstream[i] < 0 && names.status[columns.status[i]] === "succeeded")
      fallen.add(key(columns.model[i], i));
  return (i) => picked.some(([up, down]) => columns.model[i] === down &&
    (columns.upstream[i] < 0 ? fallen.has(key(up, i)) : columns.upstream[i] === up));
}

function filtered() {
  const filters = NAMED.map((name) => [columns[name], numbers(name)]).filter(([, chosen]) => chosen);
  const needle = form.elements.text.value.trim().toLowerCase();
  const inLink = numbers("link") && handedDown(numbers("link"));
  const hits = needle ? lowered.map((text) => text.includes(needle)) : null;
  const replays = form.elements.kind.value === "replay";
  const found = [];
  for (let i = 0; i < columns.model.length; i++) {
    if ((columns.upstream[i] >= 0) !== replays) continue;
    if (!filters.every(([column, chosen]) => chosen.includes(column[i]))) continue;
    if (inLink && !inLink(i)) continue;
    if (needle && !hits[columns.text[i]] && names.sample[columns.sample[i]] !== needle &&
        !(columns.edits[i] >= 0 && adversarial(whole, i).toLowerCase().includes(needle))) continue;
    found.push(i);
  }
  return found;
}

function sorted(found) {
  if (!sort) return found;
  const column = columns[sort.by], way = sort.down ? -1 : 1;
  const named = names[sort.by] && sort.by !== "sample"
    ? names[sort.by].map((_, i, all) => [...all].sort().indexOf(all[i])) : null;
  const value = named ? (i) => named[column[i]] : (i) => column[i];
  return found.sort((a, b) => way * (value(a) - value(b)) || a - b);
}

/** The outcomes that the page holds. */
function held() {
  let order = [];
  const named = (i) => SHOWN.map((name) => [name, names[name]?.[columns[name][i]] ?? columns[name][i]]);
  return {
    find() {
      order = sorted(filtered());
      const replays = form.elements.kind.value === "replay";
      return {
        total: columns.upstream.filter((up) => (up >= 0) === replays).length,
        found: order.length,
        succeeded: order.filter((i) => names.status[columns.status[i]] === "succeeded").length,
      };
    },
    at: (place) => ({ number: order[place], ...Object.fromEntries(named(order[place])) }),
    outcome: (number) => [whole, number],
  };
}

/** The outcomes that `weaklink view` filters, and hands out page by page. */
function handedOut(address) {
  let wanted, pages = new Map();
  async function ask(parameters) {
    const answer = await fetch(`${address}&${parameters}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }
  async function turnTo(page) {
    const [mine, query] = [pages, new URLSearchParams(wanted)];
    mine.set(page, []);
    query.set("first", page * PAGE);
    const found = await ask(query);
    mine.set(page, found.rows);
    return found;
  }
  return {
    find() {
      wanted = asked();
      if (sort) wanted.set("by", sort.by);
      if (sort?.down) wanted.set("down", "yes");
      pages = new Map();
      return turnTo(0);
    },
    at(place) {
      const page = Math.floor(place / PAGE);
      if (!pages.has(page)) turnTo(page).then(draw, lost);
      return pages.get(page)[place % PAGE];
    },
    outcome: async (number) => [await ask(`number=${number}`), 0],
  };
}

function lost() {
  $("count").textContent = "The outcomes have changed since this page was made, or the viewer has ended. Load the page again.";
}

function cells({ status, model, attack, dataset, sample, queries, words, changed, similarity }) {
  const share = changed < 0 || !words ? "" : `${Math.round(100 * Math.min(1, changed / words))} %`;
  return [
    element("span", `${SIGNS[status]} ${status}`, status),
    ...[model, attack, dataset, sample].map((name) => element("span", name)),
    element("span", queries, "n"),
    element("span", share, "n"),
    element("span", similarity < 0 ? "" : (similarity / 1000).toFixed(2), "n"),
  ];
}

function draw() {
  const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - 5);
  const last = Math.min(size, first + Math.ceil(scroller.clientHeight / ROW) + 10);
  const shown = [];
  for (let place = first; place < last; place++) {
    const outcome = source.at(place), row = element("button", undefined, "row");
    row.type = "button";
    row.disabled = !outcome;
    if (outcome) {
      row.dataset.outcome = outcome.number;
      if (outcome.number === chosen) row.setAttribute("aria-current", "true");
      row.append(...cells(outcome));
    }
    shown.push(row);
  }
  list.style.transform = `translateY(${first * ROW}px)`;
  list.replaceChildren(...shown);
}

async function show() {
  const mine = ++turn;
  let listed;
  try { listed = await source.find(); } catch { return lost(); }
  if (mine !== turn) return;
  size = listed.found;
  $("sizer").style.height = `${size * ROW}px`;
  const [found, total, succeeded] = ["found", "total", "succeeded"].map((name) => listed[name].toLocaleString("en"));
  $("count").textContent = `${found} of ${total} outcomes; the attack succeeded in ${succeeded}`;
  scroller.scrollTop = 0;
  draw();
}

/** Returns the original with what went and what came, or with one of both. */
function marked({ texts, edits, columns }, i, tags) {
  const original = texts[columns.text[i]], nodes = [];
  let done = 0;
  for (const [start, end, text] of edits[columns.edits[i]]) {
    nodes.push(original.slice(done, start));
    if (tags.includes("del") && end > start) nodes.push(element("del", original.slice(start, end)));
    if (tags.includes("ins") && text) nodes.push(element("ins", text));
    done = end;
  }
  return [...nodes, original.slice(done)];
}

function block(label, nodes) {
  const made = element("div", undefined, "text"), text = element("p");
  text.dir = "auto";
  text.append(...nodes);
  made.append(element("h4", label), text);
  return made;
}

function blocks(data, i) {
  const { texts, columns } = data;
  if (columns.edits[i] < 0) return [block("Original", [texts[columns.text[i]]])];
  if (!form.elements.beside.checked) return [block("What changed", marked(data, i, ["del", "ins"]))];
  return [block("Original", marked(data, i, ["del"])), block("Adversarial", marked(data, i, ["ins"]))];
}

function facts({ names, columns, more }, i) {
  const label = (name) => columns[name][i] < 0 ? null : names.label[columns[name][i]];
  const share = (name) => columns[name][i] < 0 ? null : (columns[name][i] / 1000).toFixed(3);
  const change = (before, after) => after === null ? before : `${before} → ${after}`;
  return [
    ["gold label", label("gold")],
    ["prediction", change(label("label"), label("became"))],
    ["its probability", change(share("before"), share("after"))],
    ["classified correctly before", names.correct[columns.correct[i]] ?? null],
    ["text within bounds", names.valid[columns.valid[i]] ?? null],
    ["attacks the sample falls to", names.falls[columns.falls[i]] ?? null],
    ["queries", columns.queries[i]],
    ["words changed", columns.changed[i] < 0 ? null : `${columns.changed[i]} of ${columns.words[i]}`],
    ["similarity", share("similarity")],
    ["repetition", columns.repetition[i] ? columns.repetition[i] + 1 : null],
    ["text found on", columns.upstream[i] < 0 ? null : names.model[columns.upstream[i]]],
    ...more[columns.more[i]],
  ].filter(([, value]) => value !== null);
}

async function open(number) {
  chosen = number;
  draw();
  let read;
  try { read = await source.outcome(number); } catch { return lost(); }
  if (chosen === number) tell(...read);
}

function tell(data, i) {
  const { names, columns, errors } = data;
  const status = names.status[columns.status[i]];
  const heading = element("h3");
  heading.append(
    element("span", `${SIGNS[status]} attack ${status}`, `status ${status}`),
    ...(names.valid[columns.valid[i]] === "no" ? [element("span", "out of bounds", "status beyond")] : []),
    ` ${names.attack[columns.attack[i]]} on ${names.model[columns.model[i]]}, ${names.dataset[columns.dataset[i]]} `,
    element("span", names.sample[columns.sample[i]], "sample"));
  const shown = element("div", undefined, "texts");
  shown.append(...blocks(data, i));
  const dl = element("dl");
  for (const [term, value] of facts(data, i)) {
    const pair = element("div");
    pair.append(element("dt", term), element("dd", value));
    dl.append(pair);
  }
  const link = element("a", "Link to this outcome");
  link.href = `#outcomes?${placeOf(data, i)}`;
  $("detail").className = "outcome";
  $("detail").replaceChildren(heading, shown, dl, link);
  if (columns.error[i] >= 0) $("detail").append(element("pre", errors[columns.error[i]]));
}

/** Returns the query of the address at which this outcome is open. */
function placeOf({ names, columns }, i) {
  const named = ["model", "attack", "dataset"].map((name) => [name, names[name][columns[name][i]]]);
  const kind = columns.upstream[i] < 0 ? [] : [["kind", "replay"]];
  return new URLSearchParams([...kind, ...named,
    ["text", names.sample[columns.sample[i]]], ["repetition", columns.repetition[i] + 1]]);
}

/** Opens the first outcome listed that is of this repetition. */
async function openRepetition(repetition) {
  for (let place = 0; place < Math.min(size, PAGE); place++) {
    const { number } = source.at(place), [{ columns }, i] = await source.outcome(number);
    if (columns.repetition[i] + 1 === repetition) return open(number);
  }
}

function option(select, value, text) {
  if (![...select.options].some((known) => known.value === value)) select.append(new Option(text ?? value, value));
}

async function fromAddress() {
  const [place, query] = location.hash.slice(1).split("?");
  const target = $(place);
  if (target?.tagName === "DETAILS") target.open = true;
  if (place !== "outcomes" || query === undefined || !names) return;
  const told = new URLSearchParams(query);
  for (const name of FIELDS) {
    const values = told.getAll(name), value = values.join("\n");
    option(form.elements[name], value, values.length > 2 ? `any of ${values.length}` : values.join(" or "));
    form.elements[name].value = value;
  }
  form.elements.text.value = told.get("text") ?? "";
  await show();
  if (told.has("repetition")) await openRepetition(Number(told.get("repetition")));
  (told.has("repetition") ? $("detail") : target).scrollIntoView();
}

/** Returns what the form asks for, as the query of an address. */
function asked() {
  const query = new URLSearchParams();
  for (const name of [...FIELDS, "text"])
    for (const value of form.elements[name].value.split("\n")) if (value) query.append(name, value);
  return query;
}

const toAddress = () => history.replaceState(null, "", `#outcomes?${asked()}`);

function heading([by, text]) {
  const button = element("button", text);
  button.type = "button";
  if (["queries", "changed", "similarity"].includes(by)) button.className = "n";
  button.addEventListener("click", () => {
    sort = sort?.by === by ? (sort.down ? null : { by, down: true }) : { by, down: false };
    for (const [i, other] of [...$("head").children].entries()) {
      const arrow = sort?.by === HEADINGS[i][0] ? (sort.down ? " ↓" : " ↑") : "";
      other.textContent = HEADINGS[i][1] + arrow;
    }
    show();
  });
  return button;
}

const MARK = 'svg [role="graphics-symbol"][aria-label]';

/** Says what the mark under the pointer, or the one that the keyboard has come to, stands for. */
function hover(event) {
  const focused = event.type === "focusin" && event.target.closest("svg a")?.querySelector(MARK);
  const mark = focused || event.target.closest?.(MARK);
  const said = mark && !mark.getAttribute("aria-roledescription").match(/axis|legend/);
  $("hover").hidden = !said;
  if (!said) return;
  $("hover").textContent = mark.getAttribute("aria-label");
  const box = mark.getBoundingClientRect(), width = $("hover").offsetWidth;
  const [x, y] = focused ? [box.right, box.bottom] : [event.clientX, event.clientY];
  $("hover").style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 8))}px`;
  $("hover").style.top = `${y + 16}px`;
}

async function start() {
  addEventListener("hashchange", fromAddress);
  for (const name of ["pointerover", "pointermove", "focusin"]) document.addEventListener(name, hover);
  addEventListener("beforeprint", () => document.querySelectorAll("details.page").forEach((page) => { page.open = true; }));
  fromAddress();
  await read();
  for (const name of [...NAMED, "link"]) names[name].forEach((value) => option(form.elements[name], value));
  $("head").append(...HEADINGS.map(heading));
  form.addEventListener("input", (event) => {
    if (event.target.name === "beside") { if (chosen !== null) open(chosen); return; }
    show();
    toAddress();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.clear.addEventListener("click", () => { form.reset(); show(); toAddress(); });
  scroller.addEventListener("scroll", draw, { passive: true });
  list.addEventListener("click", (event) => open(Number(event.target.closest(".row").dataset.outcome)));
  form.hidden = $("grid").hidden = false;
  await show();
  await fromAddress();
  document.documentElement.dataset.ready = "yes";
}

start();
