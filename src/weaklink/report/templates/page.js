"use strict";

const PER_PAGE = 20;
const SIGNS = { succeeded: "✓", failed: "✗", exhausted: "…", skipped: "–", error: "!" };

const { texts, outcomes } = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("filters");
const pages = document.getElementById("pages");
let page = 0;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function adversarial(outcome) {
  return outcome.pieces.map((piece) => (typeof piece === "string" ? piece : piece[1])).join("");
}

const haystacks = outcomes.map((outcome) =>
  (texts[outcome.text] + "\n" + (outcome.pieces ? adversarial(outcome) : "")).toLowerCase());

function chosen() {
  const { model, attack, status, valid, text } = form.elements;
  const needle = text.value.toLowerCase();
  return outcomes.filter((outcome, index) =>
    (!model.value || outcome.model === model.value) &&
    (!attack.value || outcome.attack === attack.value) &&
    (!status.value || outcome.status === status.value) &&
    (!valid.value || outcome.valid === valid.value) &&
    haystacks[index].includes(needle));
}

function textBlock(label, nodes) {
  const block = element("div", undefined, "text");
  const body = element("p");
  body.dir = "auto";
  body.append(...nodes);
  block.append(element("h4", label), body);
  return block;
}

function marked(pieces, tags) {
  return pieces.flatMap((piece) =>
    typeof piece === "string"
      ? [document.createTextNode(piece)]
      : tags.filter(([, side]) => piece[side]).map(([tag, side]) => element(tag, piece[side])));
}

function textBlocks(outcome) {
  if (!outcome.pieces) return [textBlock("Original", [texts[outcome.text]])];
  if (!form.elements.beside.checked)
    return [textBlock("What changed", marked(outcome.pieces, [["del", 0], ["ins", 1]]))];
  return [
    textBlock("Original", marked(outcome.pieces, [["del", 0]])),
    textBlock("Adversarial", marked(outcome.pieces, [["ins", 1]])),
  ];
}

function factList(facts) {
  const list = element("dl");
  for (const [term, value] of facts) {
    const pair = element("div");
    pair.append(element("dt", term), element("dd", value));
    list.append(pair);
  }
  return list;
}

function card(outcome) {
  const item = element("li", undefined, "outcome");
  const heading = element("h3");
  heading.append(
    element("span", `${SIGNS[outcome.status]} ${outcome.status}`, `status ${outcome.status}`),
    ...(outcome.valid === "no" ? [element("span", "out of bounds", "status beyond")] : []),
    ` ${outcome.attack} on ${outcome.model}, `, element("span", outcome.sample, "sample"));
  const blocks = element("div", undefined, "texts");
  blocks.append(...textBlocks(outcome));
  item.append(heading, blocks, factList(outcome.facts));
  if (outcome.error !== null) {
    const error = element("details");
    error.append(element("summary", "Error"), element("pre", outcome.error));
    item.append(error);
  }
  return item;
}

function show() {
  const found = chosen();
  const last = Math.max(0, Math.ceil(found.length / PER_PAGE) - 1);
  page = Math.min(Math.max(page, 0), last);
  const shown = found.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
  document.getElementById("list").replaceChildren(...shown.map(card));
  document.getElementById("list").start = page * PER_PAGE + 1;
  document.getElementById("count").textContent = `${found.length} of ${outcomes.length} outcomes`;
  document.getElementById("page").textContent = `page ${page + 1} of ${last + 1}`;
  pages.hidden = last === 0;
  pages.querySelector("[name=previous]").disabled = page === 0;
  pages.querySelector("[name=next]").disabled = page === last;
}

function turn(step) {
  page += step;
  show();
  document.getElementById("outcomes").scrollIntoView();
}

for (const name of ["model", "attack", "status", "valid"]) {
  const values = [...new Set(outcomes.map((outcome) => outcome[name]))].filter(Boolean);
  form.elements[name].append(...values.map((value) => new Option(value, value)));
}
form.addEventListener("input", () => { page = 0; show(); });
form.addEventListener("submit", (event) => event.preventDefault());
pages.querySelector("[name=previous]").addEventListener("click", () => turn(-1));
pages.querySelector("[name=next]").addEventListener("click", () => turn(1));
form.hidden = false;
document.getElementById("legend").hidden = false;
show();
