// Tells when a page has come to rest.  Runs before the page's own scripts.
(() => {
  if (window !== top || window.__bsr) return;
  const now = () => performance.now();
  const watch = { changed: now(), acted: now(), changes: 0, asking: 0, timers: 0,
    shadows: new WeakMap() };
  Object.defineProperty(window, '__bsr', { value: watch });
  const stir = () => { watch.changed = now(); watch.changes++; };
  // Not every attribute: an animation changes styles and classes for ever and says nothing by it.
  const observer = new MutationObserver(stir);
  const observe = (root) => observer.observe(root, { subtree: true, childList: true, characterData: true,
    attributeFilter: ['content', 'value', 'href', 'src', 'hidden', 'disabled', 'aria-busy', 'data-price', 'data-state'] });
  observe(document);

  // An observer does not see into shadow roots; a component that fills itself changes the page too.
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (...args) {
    const root = attachShadow.apply(this, args);
    watch.shadows.set(this, root);
    observe(root);
    return root;
  };

  // Requests under way.  A page that is waiting for an answer is not at rest, however still it looks.
  const { fetch, setTimeout, clearTimeout } = window;
  watch.sleep = (milliseconds) => new Promise((wake) => setTimeout.call(window, wake, milliseconds));
  const done = () => { watch.asking--; watch.acted = now(); };
  window.fetch = function (...args) {
    watch.asking++;
    const answer = fetch.apply(this, args);
    answer.then(() => setTimeout(done, 0), done);  // after whatever the page does with the answer
    return answer;
  };
  for (const name of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
    const read = Response.prototype[name];  // the body may come long after its head
    if (read) Response.prototype[name] = function (...args) {
      watch.asking++;
      const body = read.apply(this, args);
      body.then(() => setTimeout(done, 0), done);
      return body;
    };
  }
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...args) {
    watch.asking++;
    this.addEventListener('loadend', done, { once: true });
    try { return send.apply(this, args); } catch (error) { done(); throw error; }
  };

  // Timers that will fire soon and were not set by a timer that was set by a timer …: a clock or
  // a slide show never comes to rest, a delayed request does.
  let depth = 0;
  const pending = new Set();
  window.setTimeout = function (work, delay, ...args) {
    if (typeof work !== 'function') return setTimeout.call(window, work, delay, ...args);
    const level = depth + 1;
    const counts = delay > 20 && delay <= 5000 && depth < 4;
    const id = setTimeout.call(window, () => {
      if (pending.delete(id)) watch.timers--;
      const before = depth;
      depth = level;
      try { work.apply(window, args); } finally { depth = before; if (counts) watch.acted = now(); }
    }, delay);
    if (counts) { pending.add(id); watch.timers++; }
    return id;
  };
  window.clearTimeout = function (id) {
    if (pending.delete(id)) watch.timers--;
    return clearTimeout.call(window, id);
  };
  window.open = () => null;
})();
