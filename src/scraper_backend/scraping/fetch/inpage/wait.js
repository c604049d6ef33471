// Answers with what the watch has seen (read by settle.State) as soon as one of the alarms goes off, or after
// so many seconds.  An alarm (settle.Alarm) names the least of each value that it takes.
async (alarms, within) => {
  const watch = window.__bsr;
  if (!watch) return {};
  const began = performance.now();
  for (;;) {
    const state = seen(performance.now());
    if (state.waited >= within || alarms.some((alarm) => goesOff(alarm, state)))
      return { ...state, busy: state.idle === 0 && isUnfinished(state.unmoved) };
    await watch.sleep(40);
  }

  function goesOff({ unlike, ...least }, state) {
    return unlike !== state.changes && Object.entries(least).every(([name, value]) => state[name] >= value);
  }

  function seen(now) {
    const arrived = performance.getEntriesByType('resource').slice(-20).map((entry) => entry.responseEnd);
    const acted = Math.max(watch.acted, ...arrived);
    const waits = watch.asking > 0 || watch.timers > 0;
    return { still: (now - Math.max(watch.changed, acted)) / 1000, unmoved: (now - watch.changed) / 1000,
      idle: waits ? 0 : (now - acted) / 1000, waited: (now - began) / 1000,
      changes: watch.changes, loaded: document.readyState === 'complete' };
  }

  // What a page that waits for an answer looks like before it has come.  Only asked of one that stands
  // still for long: it costs a layout.
  function isUnfinished(unmoved) {
    if (unmoved < 1 || !document.body) return false;
    const isSeen = (node) => { const box = node.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
    return document.body.innerText.trim().length < 250
      || [...document.querySelectorAll('[aria-busy=true]')].slice(0, 20).some(isSeen)
      || [...document.querySelectorAll('[class*=price i], [id*=price i], [itemprop=price]')].slice(0, 40)
        .some((node) => isSeen(node) && /^[\s$€£¥.,\-–—…_]+$/.test(node.textContent));
  }
}
