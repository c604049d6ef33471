// Presses the button that takes a cookie wall away; answers with what it says, or "".
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
