// What the watch has seen; read by settle.State.
() => {
  const watch = window.__bsr;
  if (!watch) return {};
  const now = performance.now();
  const arrived = performance.getEntriesByType('resource').slice(-20).map((entry) => entry.responseEnd);
  const acted = Math.max(watch.acted, ...arrived);
  return { still: (now - Math.max(watch.changed, acted)) / 1000, unmoved: (now - watch.changed) / 1000,
    idle: watch.asking > 0 || watch.timers > 0 ? 0 : (now - acted) / 1000,
    changes: watch.changes, loaded: document.readyState === 'complete' };
}
