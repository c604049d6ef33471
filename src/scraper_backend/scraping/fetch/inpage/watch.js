// Tells when a page has come to rest.  Runs before the page's own scripts.
(() => {
  if (window !== top || window.__bsr) return;
  const now = () => performance.now();
  const watch = { changed: now(), acted: now(), changes: 0, asking: 0, timers: 0 };
  Object.defineProperty(window, '__bsr', { value: watch });
  const stir = () => { watch.changed = now(); watch.changes++; };
  // Not every attribute: an animation changes styles and classes for ever and says nothing by it.
  new MutationObserver(stir).observe(document, { subtree: true, childList: true, characterData: true,
    attributeFilter: ['content', 'value', 'href', 'src', 'hidden', 'disabled', 'aria-busy', 'data-price', 'data-state'] });

  // Requests under way.  A page that is waiting for an answer is not at rest, however still it looks.
  const { fetch, setTimeout, clearTimeout } = window;
  const done = () => { watch.asking--; watch.acted = now(); };
  window.fetch = function (...args) {
    watch.asking++;
    const answer = fetch.apply(this, args);
    answer.then(() => setTimeout(done, 0), done);  // after whatever the page does with the answer
    return answer;
  };
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) {
    watch.asking++;
    this.addEventListener('loadend', done, { once: true });
    try { return send.apply(this, args); } catch (error) { done(); throw error; }
  };

  // Timers that will fire soon and were not set by a timer that was set by a timer …: a clock or
  // a slide show never comes to rest, a delayed request does.
  let depth = 0;
  const pending = new Map();
  window.setTimeout = function (work, delay, ...args) {
    const counts = typeof work === 'function' && delay > 20 && delay <= 5000 && depth < 4;
    if (!counts) return setTimeout.call(window, work, delay, ...args);
    const level = depth + 1;
    const id = setTimeout.call(window, () => {
      if (pending.delete(id)) watch.timers--;
      const before = depth;
      depth = level;
      try { work.apply(window, args); } finally { depth = before; watch.acted = now(); }
    }, delay);
    pending.set(id, level);
    watch.timers++;
    return id;
  };
  window.clearTimeout = function (id) {
    if (pending.delete(id)) watch.timers--;
    return clearTimeout.call(window, id);
  };
  window.open = () => null;
})();
