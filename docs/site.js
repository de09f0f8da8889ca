/* What scrolls can be reached by keyboard, and each part of a page has a name of its own. */
document$.subscribe(() => setTimeout(() => {
  for (const part of document.querySelectorAll("pre > code, .md-typeset__scrollwrap")) part.tabIndex = 0;
  document.querySelectorAll(".md-code__nav").forEach((nav, i) => nav.setAttribute("aria-label", `Code ${i + 1}`));
  document.querySelectorAll(".md-nav--primary nav").forEach((nav, i) => {
    nav.removeAttribute("aria-labelledby");
    nav.setAttribute("aria-label", `Part ${i + 1}`);
  });
}));
