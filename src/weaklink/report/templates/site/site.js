"use strict";

const search = document.querySelector(".search");
search?.addEventListener("input", () => filter([...document.querySelectorAll("main table")], search.value));
