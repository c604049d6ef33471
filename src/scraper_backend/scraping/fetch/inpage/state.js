// What the watch has seen; read by settle.State.
() => {
  const watch = window.__bsr;
  if (!watch) return {};
  const now = performance.now();
  const arrived = performance.getEntriesByType('resource').slice(-20).map((entry) => entry.responseEnd);
  const acted = Math.max(watch.acted, ...arrived);
  const waits = watch.asking > 0 || watch.timers > 0;
  return { still: (now - Math.max(watch.changed, acted)) / 1000, unmoved: (now - watch.changed) / 1000,
    idle: waits ? 0 : (now - acted) / 1000,
    changes: watch.changes, loaded: document.readyState === 'complete',
    ...(waits ? unfinished(now - watch.changed) : {}) };

  // What a page that waits for an answer looks like before it has come.  Only asked of one that stands
  // still for long: it costs a layout.
  function unfinished(unmoved) {
    if (unmoved < 1000 || !document.body) return {};
    const seen = (node) => { const box = node.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
    const bare = document.body.innerText.trim().length < 250;
    const busy = [...document.querySelectorAll('[aria-busy=true]')].slice(0, 20).some(seen)
      || [...document.querySelectorAll('[class*=price i], [id*=price i], [itemprop=price]')].slice(0, 40)
        .some((node) => seen(node) && /^[\s$€£¥.,\-–—…_]+$/.test(node.textContent));
    return { busy: bare || busy };
  }
}
