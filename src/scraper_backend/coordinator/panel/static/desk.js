// Line numbers with their faults beside the editor.
// Everything works without this file.
"use strict";

function linesOf(area) { return area.value.split("\n").length; }

function drawGutter(editor) {
  const area = editor.querySelector("textarea"), gutter = editor.querySelector(".gutter");
  const count = linesOf(area);
  area.rows = Math.max(16, count + 1);
  const marks = new Map();
  for (const item of document.querySelectorAll("#faults [data-line]")) {
    const line = Number(item.dataset.line), known = marks.get(line);
    if (!known || item.dataset.severity === "error") marks.set(line, item.dataset);
  }
  gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
    const number = document.createElement("span");
    number.textContent = String(index + 1);
    const mark = marks.get(index + 1);
    if (mark) number.className = `at-${mark.severity}`;
    return number;
  }));
  for (const old of editor.querySelectorAll(".line-note")) old.remove();
  const style = getComputedStyle(area), rows = area.value.split("\n");
  const height = parseFloat(style.lineHeight), above = parseFloat(style.paddingTop);
  const letter = parseFloat(style.fontSize) * 0.61;
  for (const [line, mark] of marks) {
    const left = area.offsetLeft + parseFloat(style.paddingLeft) + (rows[line - 1]?.length + 2) * letter;
    if (!(left < editor.clientWidth - 120)) continue;  // no room beside the text: the list below says it
    const note = document.createElement("span");
    note.className = `line-note ${mark.severity === "error" ? "is-bad" : "is-warn"}`;
    note.textContent = mark.words;
    note.setAttribute("aria-hidden", "true");
    note.style.left = `${left}px`;
    note.style.maxWidth = `${editor.clientWidth - left - 12}px`;
    note.style.top = `${above + (line - 1) * height}px`;
    editor.append(note);
  }
}

function goToLine(line) {
  const area = document.querySelector("[data-editor] textarea");
  if (!area) return;
  const rows = area.value.split("\n");
  const start = rows.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (rows[line - 1] || "").length);
}

function takeFreshText() {
  const fresh = document.querySelector("#faults [data-fresh-text]"), area = document.querySelector("[data-editor] textarea");
  if (!fresh || !area) return;
  area.value = fresh.textContent;
  fresh.remove();
}

function redraw() {
  takeFreshText();
  const editor = document.querySelector("[data-editor]");
  if (editor) drawGutter(editor);
}

document.addEventListener("DOMContentLoaded", () => {
  redraw();
  const area = document.querySelector("[data-editor] textarea");
  area?.addEventListener("input", () => drawGutter(area.closest("[data-editor]")));
});
document.addEventListener("htmx:afterSettle", redraw);
document.addEventListener("click", (event) => {
  const go = event.target.closest("[data-go]");
  if (go) goToLine(Number(go.dataset.go));
});
