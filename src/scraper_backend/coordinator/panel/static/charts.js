// The price of one SKU at each source over time, with its stock as a band below.  Data comes as JSON;
// without this file the same numbers stand in the table under each chart.
"use strict";

const BAND = 6;

function colour(name) {
  // light-dark() in a custom property stays a text; a probe has it computed.
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const made = getComputedStyle(probe).color;
  probe.remove();
  return made;
}

function stockBand(stock) {
  const colours = { good: colour("good"), warn: colour("warn"), bad: colour("bad"), dim: colour("line-strong") };
  return (chart) => {
    const { ctx, bbox, data } = chart;
    const at = data[0];
    const scale = window.devicePixelRatio || 1;
    ctx.save();
    for (let i = 0; i < at.length; i += 1) {
      const from = Math.max(chart.valToPos(at[i], "x", true), bbox.left);
      const to = i + 1 < at.length ? chart.valToPos(at[i + 1], "x", true) : bbox.left + bbox.width;
      if (to <= from) continue;
      ctx.fillStyle = colours[stock[i]] || colours.dim;
      ctx.fillRect(from, bbox.top + bbox.height - BAND * scale, to - from, BAND * scale);
    }
    ctx.restore();
  };
}

const prices = (chart, ticks) => ticks.map((tick) => tick.toLocaleString("en", { minimumFractionDigits: 2 }));
const room = (chart, words) => 16 + 7.5 * Math.max(6, ...(words || []).map((word) => word.length));

// Hours within a day or two, days within a year or so, months beyond: never what the ticks do not tell apart.
function moments(chart, ticks, axis, space, step) {
  const how = step < 60 ? { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }
    : step < 86400 ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
    : step < 86400 * 28 ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" };
  const day = { day: "numeric", month: "short" };
  let before = "";
  return ticks.map((tick) => {
    const at = new Date(tick * 1000), date = at.toLocaleDateString("en-GB", day);
    const told = at.toLocaleString("en-GB", how);
    const isNew = step < 86400 && date !== before;
    before = date;
    return isNew ? `${told}\n${date}` : told;
  });
}

function said(series, i) {
  if (i === null || i === undefined) return "";
  const price = series.price[i] === null ? "no price" : `${series.price[i].toFixed(2)} ${series.currency || ""}`;
  return `${new Date(series.at[i] * 1000).toLocaleString("en-GB")}: ${price}, ${series.words[i]}`;
}

function draw(holder, series) {
  holder.replaceChildren();
  const line = colour("accent");
  const soft = colour("ink-soft");
  const grid = colour("line");
  const told = holder.parentElement.querySelector(".chart-said");
  const axis = { stroke: soft, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui" };
  const isLonely = series.at.length < 60;
  const chart = new uPlot({
    width: holder.clientWidth,
    height: 200,
    cursor: { y: false, drag: { x: true, y: false } },
    legend: { show: false },
    scales: { y: { range: (u, low, high) => padded(low, high) } },
    axes: [{ ...axis, values: moments }, { ...axis, size: room, values: prices }],
    series: [{}, { stroke: line, width: 2, spanGaps: false, paths: uPlot.paths.stepped({ align: 1 }), points: { show: isLonely, size: 5, fill: line } }],
    hooks: {
      drawClear: [stockBand(series.stock)],
      setCursor: [(u) => { if (told) told.textContent = said(series, u.cursor.idx); }],
    },
  }, [ended(series.at), ended(series.price, true)], holder);
  return chart;
}

// The last value holds until now: a line that ends at the last change would hide how long it has held.
function ended(values, isSame = false) {
  return [...values, isSame ? values[values.length - 1] : Math.max(Date.now() / 1000, values[values.length - 1] + 1)];
}

function padded(low, high) {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.12 || Math.abs(high) * 0.05 || 1;
  return [low - room * 2, high + room];
}

async function drawAll() {
  const page = document.querySelector("[data-history]");
  if (!page) return;
  const answer = await fetch(page.dataset.history, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const told = await answer.json();
  const holders = [...document.querySelectorAll("[data-chart]")];
  const redraw = () => {
    for (const holder of holders) {
      const series = told[holder.dataset.chart];
      if (series && series.price.some((price) => price !== null)) draw(holder, series);
      else holder.replaceChildren(Object.assign(document.createElement("p"), { className: "soft small", textContent: "No price was ever read here." }));
    }
  };
  redraw();
  let due = 0;
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(due);
    due = setTimeout(redraw, 150);
  });
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

document.addEventListener("DOMContentLoaded", drawAll);
