// The panel works without this file; with it, times read "3 minutes ago" and the theme can be chosen.
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
    element.title = moment.toLocaleString();
    if ("ago" in element.dataset) element.textContent = ago(moment);
  }
}

function nextTheme() {
  const isDark = getComputedStyle(ROOT).colorScheme === "dark"
    || (!ROOT.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  ROOT.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", ROOT.dataset.theme);
}

document.addEventListener("DOMContentLoaded", () => {
  tellTimes(document);
  setInterval(() => tellTimes(document), 20000);
  document.querySelector("[data-theme-switch]")?.addEventListener("click", nextTheme);
});
document.addEventListener("htmx:load", (event) => tellTimes(event.detail.elt));
