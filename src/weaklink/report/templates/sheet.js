"use strict";

/* Saves the answers of the page as a CSV file that `weaklink validate read` takes. */
document.getElementById("save").addEventListener("click", () => {
  const rows = [...document.querySelectorAll("tr[data-item]")].map((row) => {
    const item = row.dataset.item;
    const answers = ["same_label", "fluent"].map((question) => {
      const chosen = row.querySelector(`input[name="${item}-${question}"]:checked`);
      return chosen ? chosen.value : "";
    });
    return [item, ...answers].join(",");
  });
  const link = document.createElement("a");
  const name = document.getElementById("reader").value.replace(/[^\p{L}\p{N}-]+/gu, "-") || "reader";
  const text = ["item,same_label,fluent", ...rows].join("\n") + "\n";
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});
