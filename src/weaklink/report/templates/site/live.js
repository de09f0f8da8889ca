/* Keeps the runs under way up to date. What is heard changes at every tenth of a run, and no sooner. */
{
  const [EVERY, RESTING, SHARE] = [2000, 20000, 10];
  const live = document.querySelector(".live");

  async function renew() {
    const began = performance.now();
    try {
      const answer = await fetch(live.dataset.live);
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* The viewer has ended, or reads a store: asked again later. */ }
    const often = live.querySelector("article") ? EVERY : RESTING;
    setTimeout(renew, Math.max(often, SHARE * (performance.now() - began)));
  }

  function show(page) {
    const [said, runs] = [".said", ".runs"].map((part) => [live, page].map((one) => one.querySelector(part)));
    if (said[0].textContent !== said[1].textContent) said[0].textContent = said[1].textContent;
    if (runs[0].innerHTML === runs[1].innerHTML) return;
    const focused = runs[0].contains(document.activeElement) && document.activeElement.getAttribute("href");
    runs[0].replaceWith(runs[1]);
    if (focused) runs[1].querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }

  if (live) setTimeout(renew, EVERY);
}
