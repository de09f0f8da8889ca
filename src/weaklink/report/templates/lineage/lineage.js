/* The picture of a lineage: larger and smaller, moved by the pointer, ancestors and descendants marked. */
{
  const SVG = "http://www.w3.org/2000/svg";
  const [SMALLEST, LARGEST, STEP, LEGIBLE, SEARCHED] = [0.1, 4, 1.25, 0.7, 10];

  /** Reads all edges, and the models that the page itself does not draw. */
  async function dataOf(picture) {
    const packed = picture.querySelector(".lineage-data").textContent;
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  /** Returns the edges that can be followed from a model, each once; `from` and `to` are places in an edge. */
  function followed(at, neighbours, to) {
    const seen = new Set([at]), edges = [], waiting = [at];
    while (waiting.length)
      for (const edge of neighbours[waiting.pop()]) {
        edges.push(edge);
        if (seen.has(edge[to])) continue;
        seen.add(edge[to]);
        waiting.push(edge[to]);
      }
    seen.delete(at);
    return { edges, models: [...seen] };
  }

  function made(name, ...children) {
    const node = document.createElement(name);
    node.append(...children);
    return node;
  }

  function shape(name, attributes, ...children) {
    const node = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
    node.append(...children);
    return node;
  }

  function dotOf([said, href, x, y, r, shade, label]) {
    const body = [shape("circle", { class: shade, cx: x, cy: y, r })];
    if (label) body.push(shape("text", { x, y: Math.trunc(y + r + 13) }, label));
    const of = { class: "dot", "aria-label": said };
    return href ? shape("a", { ...of, href, rel: "noreferrer" }, ...body) : shape("g", { ...of, role: "img", tabindex: 0 }, ...body);
  }

  /** Returns an edge as a row of the table. */
  function rowOf([up, down, , relation, evidence, delta, rank, quote], names) {
    const row = made("tr", made("th", names[up]), ...[names[down], relation, evidence, delta, quote].map((text) => made("td", text)));
    row.cells[0].scope = "row";
    row.cells[0].className = row.cells[1].className = "id";
    row.cells[4].className = "figure";
    row.cells[4].dataset.value = rank;
    return row;
  }

  function live(picture, { edges, dots: more }) {
    picture.querySelector("svg .chosen").parentElement.append(...more.map(dotOf));
    const frame = picture.querySelector(".frame"), svg = frame.querySelector("svg");
    const dots = [...svg.querySelectorAll(".dot")], chosen = svg.querySelector(".chosen");
    const about = picture.querySelector(".about-dot"), found = picture.querySelector(".found");
    const { closer, farther, whole, find } = Object.fromEntries(
      [...picture.querySelectorAll(".tools [name]")].map((tool) => [tool.name, tool]));
    const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
    const place = dots.map((dot) => {
      const circle = dot.querySelector("circle");
      return [circle.cx.baseVal.value, circle.cy.baseVal.value];
    });
    const names = dots.map((dot) => dot.getAttribute("aria-label").split("; ")[0]);
    const above = dots.map(() => []), below = dots.map(() => []);
    for (const edge of edges) {
      below[edge[0]].push(edge);
      above[edge[1]].push(edge);
    }
    if (more.length)
      for (const line of svg.querySelectorAll(".edge"))
        line.setAttribute("d", edges.filter(([, , kind]) => line.classList.contains(kind)).map(path).join(""));
    picture.querySelector("details").addEventListener("toggle", ({ target }) =>
      target.querySelector("tbody").replaceChildren(...edges.map((edge) => rowOf(edge, names))), { once: true });
    let scale = 1, held = null, moved = false;

    function zoom(wanted, [x, y] = [frame.clientWidth / 2, frame.clientHeight / 2]) {
      const before = scale;
      scale = Math.min(LARGEST, Math.max(SMALLEST, wanted));
      const [left, top] = [(frame.scrollLeft + x) / before, (frame.scrollTop + y) / before];
      svg.setAttribute("width", width * scale);
      svg.removeAttribute("height");
      svg.classList.toggle("far", scale < LEGIBLE);
      frame.scrollTo(left * scale - x, top * scale - y);
    }

    function path([up, down]) {
      const [x, y] = place[up], [toX, toY] = place[down], bend = Math.max(40, (toX - x) / 2);
      const arrives = dots[down].querySelector("text") ? toX - bend : toX;
      return `M${x} ${y}C${x + bend} ${y} ${arrives} ${toY} ${toX} ${toY}`;
    }

    function mark(at) {
      const up = followed(at, above, 0), down = followed(at, below, 1);
      const near = new Set([at, ...up.models, ...down.models]);
      dots.forEach((dot, number) => {
        dot.classList.toggle("near", near.has(number));
        dot.classList.toggle("at", number === at);
      });
      chosen.setAttribute("d", [...up.edges, ...down.edges].map(path).join(""));
      svg.classList.add("picking");
      const said = made("p", made("strong", dots[at].getAttribute("aria-label")),
        `; ${up.models.length.toLocaleString("en")} above, ${down.models.length.toLocaleString("en")} below.`);
      const list = made("ul", ...above[at].map(([from, , , relation, evidence, delta, , quote]) =>
        made("li", `from ${names[from]} (${relation}; ${evidence}${delta && `; delta ${delta} points`})`, ...(quote ? [" ", made("q", quote)] : []))));
      about.replaceChildren(said, ...(above[at].length ? [list] : []));
    }

    function clear() {
      svg.classList.remove("picking");
      chosen.setAttribute("d", "");
      for (const dot of dots) dot.classList.remove("near", "at");
    }

    function reach(at) {
      for (const dot of dots) dot.setAttribute("tabindex", "-1");
      dots[at].setAttribute("tabindex", "0");
    }

    function go(at) {
      reach(at);
      dots[at].focus();
      dots[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    /** Returns the model that an arrow leads to: along an edge, or to the next one in the generation. */
    function beside(at, key) {
      if (key === "ArrowLeft") return above[at][0]?.[0];
      if (key === "ArrowRight") return below[at][0]?.[1];
      const way = { ArrowUp: -1, ArrowDown: 1 }[key];
      const column = place.flatMap(([x, y], number) => x === place[at][0] && way * (y - place[at][1]) > 0 ? [number] : []);
      return column.sort((a, b) => way * (place[a][1] - place[b][1]))[0];
    }

    const numberOf = (target) => dots.indexOf(target.closest?.(".dot"));
    for (const name of ["pointerover", "focusin"])
      svg.addEventListener(name, ({ target }) => { if (!held && numberOf(target) >= 0) mark(numberOf(target)); });
    svg.addEventListener("pointerout", ({ relatedTarget }) => { if (!held && !relatedTarget?.closest?.(".dot")) clear(); });
    svg.addEventListener("focusout", clear);
    svg.addEventListener("keydown", (event) => {
      const at = numberOf(event.target);
      if (at < 0 || !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const next = beside(at, event.key);
      if (next !== undefined) go(next);
    });
    frame.addEventListener("keydown", (event) => {
      const step = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
      if (step) zoom(scale * step);
      if (event.key === "0") fit();
    });
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      zoom(scale * (event.deltaY < 0 ? STEP : 1 / STEP), [event.clientX - box.left, event.clientY - box.top]);
    }, { passive: false });

    frame.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button) return;
      held = [event.clientX + frame.scrollLeft, event.clientY + frame.scrollTop];
      moved = false;
    });
    addEventListener("pointermove", (event) => {
      if (!held) return;
      const [left, top] = [held[0] - event.clientX, held[1] - event.clientY];
      if (!moved && Math.hypot(left - frame.scrollLeft, top - frame.scrollTop) < 4) return;
      moved = true;
      frame.classList.add("held");
      frame.scrollTo(left, top);
    });
    addEventListener("pointerup", () => { held = null; frame.classList.remove("held"); });
    frame.addEventListener("dragstart", (event) => event.preventDefault());
    frame.addEventListener("click", (event) => { if (moved) event.preventDefault(); }, true);

    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLowerCase();
      const hits = wanted ? names.flatMap((name, at) => name.toLowerCase().includes(wanted) ? [at] : []) : [];
      found.textContent = wanted ? `${hits.length.toLocaleString("en")} found` : "";
      clear();
      if (!hits.length) return;
      mark(hits[0]);
      reach(hits[0]);
      const [x, y] = place[hits[0]];
      frame.scrollTo(x * scale - frame.clientWidth / 2, y * scale - frame.clientHeight / 2);
    });
    const fit = () => zoom(Math.min(1, frame.clientWidth / width));
    closer.addEventListener("click", () => zoom(scale * STEP));
    farther.addEventListener("click", () => zoom(scale / STEP));
    whole.addEventListener("click", fit);

    picture.querySelector(".tools").hidden = dots.length < SEARCHED;
    picture.classList.add("live");
    reach(0);
    if (frame.clientWidth / width > LEGIBLE) fit();
    frame.scrollTop = (frame.scrollHeight - frame.clientHeight) / 2;
  }

  for (const picture of document.querySelectorAll(".lineage"))
    dataOf(picture).then((data) => live(picture, data));
}
