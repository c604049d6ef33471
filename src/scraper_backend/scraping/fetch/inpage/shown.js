// The page as it is shown.  Where parts of it are in shadow roots, each host holds what its root shows, and
// each slot what was put into it: that is built in a document of its own, where elements are only names and
// nothing runs or loads.
() => {
  const shadows = (window.__bsr || {}).shadows;
  const rootOf = (node) => node.shadowRoot || (shadows && shadows.get(node));
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const every = document.querySelectorAll('*');
  if (every.length > 50000 || ![...every].some(rootOf)) return type + document.documentElement.outerHTML;
  const quiet = document.implementation.createHTMLDocument('');
  const fill = (copy, children, depth) => { for (const child of children) copy.append(...flat(child, depth + 1)); };
  const flat = (node, depth) => {
    if (depth > 400) return [];
    if (node.localName === 'slot' && node.getRootNode() instanceof ShadowRoot) {
      const put = node.assignedNodes();
      return (put.length ? put : [...node.childNodes]).flatMap((child) => flat(child, depth + 1));
    }
    if (node.localName === 'template') return [quiet.importNode(node, true)];
    const copy = quiet.importNode(node, false);
    const root = node.nodeType === Node.ELEMENT_NODE ? rootOf(node) : null;
    fill(copy, (root || node).childNodes, depth);
    return [copy];
  };
  return type + flat(document.documentElement, 0)[0].outerHTML;
}
