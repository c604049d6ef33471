"""What runs inside a page: a watch that tells when it has come to rest, and a hand for cookie walls."""

from __future__ import annotations

from typing import Final

WATCH: Final = """
(() => {
  if (window !== top || window.__bsr) return;
  const now = () => performance.now();
  const watch = { changed: now(), changes: 0, asking: 0, timers: 0 };
  Object.defineProperty(window, '__bsr', { value: watch });
  const stir = () => { watch.changed = now(); watch.changes++; };
  new MutationObserver(stir).observe(document,
    { subtree: true, childList: true, characterData: true, attributes: true });

  // Requests under way.  A page that is waiting for an answer is not at rest, however still it looks.
  const { fetch, setTimeout, clearTimeout } = window;
  const done = () => { watch.asking--; watch.changed = now(); };
  window.fetch = function (...args) {
    watch.asking++;
    const answer = fetch.apply(this, args);
    answer.then((r) => { const end = () => setTimeout(done, 0); end(); return r; }, done);
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
      try { work.apply(window, args); } finally { depth = before; watch.changed = now(); }
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
"""

STATE: Final = """
() => {
  const watch = window.__bsr;
  if (!watch) return { still: 0, changes: 0, asking: 0, timers: 0, loaded: false };
  const last = Math.max(watch.changed, ...performance.getEntriesByType('resource').slice(-20)
    .map((entry) => entry.responseEnd));
  return { still: (performance.now() - last) / 1000, changes: watch.changes, asking: watch.asking,
    timers: watch.timers, loaded: document.readyState === 'complete' };
}
"""

CONSENT: Final = r"""
() => {
  const known = ['#onetrust-accept-btn-handler', '#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll',
    '#CybotCookiebotDialogBodyButtonAccept', '#didomi-notice-agree-button', '#truste-consent-button',
    '[data-testid="uc-accept-all-button"]', '.fc-cta-consent', '.cc-allow', '.cc-dismiss', '.cky-btn-accept',
    '#axeptio_btn_acceptAll', '.qc-cmp2-summary-buttons button[mode="primary"]', '.cmpboxbtnyes',
    '.iubenda-cs-accept-btn', '#cookie-accept', '#accept-cookies', '.js-accept-cookies', '.osano-cm-accept-all',
    '#tarteaucitronPersonalize2', '.moove-gdpr-infobar-allow-all', '#hs-eu-confirmation-button',
    '#shopify-pc__banner__btn-accept', '.t_cm_ec_continue_button', '#sp-cc-accept'];
  const words = new RegExp('^(?:i |yes,? i |ok,? |ja,? |oui,? |sí,? )?(?:accept|agree|allow|consent|got it|ok(?:ay)?$' +
    '|continue|understood|alle akzeptieren|akzeptieren|alle cookies|zustimmen|einverstanden|verstanden|annehmen' +
    '|tout accepter|accepter|j.accepte|autoriser|d.accord|aceptar|acepto|permitir|de acuerdo|accetta|accetto' +
    '|consenti|aceitar|aceito|concordo|akkoord|accepteren|alles accepteren|toestaan|godkänn|acceptera|tillad' +
    '|acceptér|godta|aksepter|hyväksy|salli|akceptuj|zgadzam|zaakceptuj|souhlas|přijmout|prijať|elfogad' +
    '|accepta|sunt de acord|приема|принять|принимаю|согласен|прийняти|погоджуюсь|kabul|αποδοχή|同意|すべて許可)', 'i');
  const about = /cookie|consent|gdpr|privacy|privat|datenschutz|confidential|integritet|cmp|wall|banner|dialog|modal/i;
  const seen = (node) => { const box = node.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
  const press = (node) => { node.click(); return (node.innerText || node.id || node.className || '').trim().slice(0, 60); };
  const roots = [document];
  for (let i = 0; i < roots.length && roots.length < 50; i++)
    for (const node of roots[i].querySelectorAll('*')) if (node.shadowRoot) roots.push(node.shadowRoot);
  for (const root of roots) for (const selector of known) {
    const node = root.querySelector(selector);
    if (node && seen(node)) return press(node);
  }
  const covers = (node) => {
    for (let up = node; up && up !== document.body; up = up.parentElement || (up.getRootNode() || {}).host) {
      if (!up.getAttribute) continue;
      const name = `${up.id} ${up.getAttribute('class') || ''} ${up.getAttribute('role') || ''} ${up.getAttribute('aria-label') || ''}`;
      const place = getComputedStyle(up).position;
      const says = about.test((up.innerText || '').slice(0, 600));
      if ((up.getAttribute('aria-modal') === 'true' || place === 'fixed' || place === 'sticky' || /dialog/i.test(name))
        && (says || about.test(name))) return true;
    }
    return false;
  };
  for (const root of roots)
    for (const node of root.querySelectorAll('button, [role=button], input[type=button], input[type=submit], a')) {
      const text = (node.innerText || node.value || '').trim();
      if (text && text.length < 60 && words.test(text) && seen(node) && covers(node)) return press(node);
    }
  return '';
}
"""
