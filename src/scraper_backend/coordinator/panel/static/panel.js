// The panel works without this file; with it, times read "3 minutes ago", commands can be copied, what cannot be
// undone is asked about, and the theme can be chosen.
"use strict";

const ROOT = document.documentElement;

function ago(moment) {
  const seconds = Math.round((Date.now() - moment.getTime()) / 1000);
  if (Math.abs(seconds) < 10) return "just now";
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]) {
    if (Math.abs(seconds) >= length) return words.format(-Math.round(seconds / length), unit);
  }
  return "just now";
}

function tellTimes(within) {
  for (const element of within.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = moment.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "long" });
    if ("ago" in element.dataset) element.textContent = ago(moment);
    if ("clock" in element.dataset) element.textContent = moment.toLocaleTimeString("en-GB");
  }
}

function nextTheme() {
  const isDark = getComputedStyle(ROOT).colorScheme === "dark"
    || (!ROOT.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  ROOT.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", ROOT.dataset.theme);
}

function made(tag, facts, ...inside) {
  const element = Object.assign(document.createElement(tag), facts);
  element.append(...inside);
  return element;
}

function offerCopies(within) {
  for (const text of within.querySelectorAll("pre.command, .secret")) {
    if (text.parentElement.classList.contains("copyable")) continue;
    const button = made("button", { type: "button", className: "copy", textContent: "Copy" });
    const holder = made("div", { className: "copyable" });
    text.replaceWith(holder);
    holder.append(text, button);
    button.addEventListener("click", async () => {
      button.textContent = (await copied(text)) ? "Copied" : "Press Ctrl-C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }
}

async function copied(element) {
  if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent).then(() => true, () => false);
  getSelection().selectAllChildren(element);  // plain http: browsers hide the clipboard there
  return document.execCommand("copy");
}

function ask(form) {
  const no = made("button", { type: "submit", value: "", textContent: "Back" });
  const submit = form.querySelector("[type=submit]");
  const yes = made("button", { type: "submit", value: "yes", textContent: submit?.textContent || "Yes", className: "danger primary" });
  const words = made("p", { textContent: form.dataset.confirm, id: "question" });
  const choice = made("form", { method: "dialog", className: "actions" }, no, yes);
  const dialog = made("dialog", { className: "question" }, words, choice);
  dialog.setAttribute("aria-labelledby", "question");
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "yes") form.submit();
    else submit?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function showWhereWeAre() {
  for (const here of document.querySelectorAll(".nav [aria-current], .tabs [aria-current], .page-filters [aria-current]")) {
    here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  tellTimes(document);
  offerCopies(document);
  showWhereWeAre();
  setInterval(() => tellTimes(document), 20000);
  document.querySelector("[data-theme-switch]")?.addEventListener("click", nextTheme);
});
document.addEventListener("htmx:load", (event) => {
  tellTimes(event.detail.elt);
  offerCopies(event.detail.elt);
});
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.confirm || event.defaultPrevented) return;
  event.preventDefault();
  ask(event.target);
});
