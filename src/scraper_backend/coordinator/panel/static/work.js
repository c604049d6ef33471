// Bulk selection.  Without this file each row can still be ticked and the form sent.
"use strict";

function count(form) {
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const told = form.querySelector("[data-picked]");
  if (told) told.textContent = ticked === 0 ? "Nothing selected" : `${ticked} selected`;
  const go = form.querySelector("[data-needs-pick]");
  if (go) go.disabled = ticked === 0;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-picking]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) {
    for (const box of form.querySelectorAll("[data-pick]")) box.checked = event.target.checked;
  }
  count(form);
});
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("[data-picking]")) count(form);
});
