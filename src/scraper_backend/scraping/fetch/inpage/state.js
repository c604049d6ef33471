// What the watch has seen; read by settle.State.
() => {
  const watch = window.__bsr;
  if (!watch) return { still: 0, changes: 0, asking: 0, timers: 0, loaded: false };
  const last = Math.max(watch.changed, ...performance.getEntriesByType('resource').slice(-20)
    .map((entry) => entry.responseEnd));
  return { still: (performance.now() - last) / 1000, changes: watch.changes, asking: watch.asking,
    timers: watch.timers, loaded: document.readyState === 'complete' };
}
