// Creates all DOM elements of the pages. Text is inserted as text nodes, never parsed as HTML.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'line', 'rect', 'g', 'circle', 'polyline']);
const HANDLERS = [
  'onclick',
  'onsubmit',
  'onchange',
  'oninput',
  'onkeydown',
  'onpointermove',
  'onpointerleave',
  'ondrop',
  'ondragover',
  'ondragleave',
  'onclose',
];

const isAbsent = (value) => value === null || value === undefined || value === false;

/** h('p', {class: 'x', onclick: f}, 'text', node, [nodes], null) */
export function h(tag, attributes, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (isAbsent(value)) continue;
    if (HANDLERS.includes(name)) element[name] = value;
    else if (name === 'fill%') element.style.setProperty('--fill', `${value}%`);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (isAbsent(child)) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Updates `old` in place to match `fresh`, so that focus, scroll position and input survive. */
export function patch(old, fresh) {
  if (
    old.nodeType !== fresh.nodeType ||
    old.nodeName !== fresh.nodeName ||
    old.dataset?.key !== fresh.dataset?.key
  ) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  const previousValue = old.getAttribute('value');
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
  patchControl(old, fresh, previousValue);
}

function patchAttributes(old, fresh) {
  for (const {name} of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const {name, value} of fresh.attributes) {
    if (old.getAttribute(name) === value) continue;
    if (name === 'style') old.style.cssText = fresh.style.cssText;
    else old.setAttribute(name, value);
  }
  for (const handler of HANDLERS) old[handler] = fresh[handler];
}

/** The properties that a user changes do not follow the attributes by themselves. */
function patchControl(old, fresh, previousValue) {
  if (old.nodeName === 'INPUT') {
    if (old.type === 'checkbox') old.checked = fresh.checked;
    else if (fresh.getAttribute('value') !== previousValue) old.value = fresh.value;
  } else if (old.nodeName === 'SELECT' && old.value !== fresh.value) {
    old.value = fresh.value;
  }
}

function patchChildren(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let current = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const known = next.dataset?.key ? keyed.get(next.dataset.key) : null;
    if (known && known !== current) {
      old.insertBefore(known, current);
      patch(known, next);
    } else if (!current) {
      old.append(next);
    } else if (isSameNode(current, next)) {
      const following = current.nextSibling;
      patch(current, next);
      current = following;
    } else {
      old.insertBefore(next, current);
    }
  }
  while (current) {
    const following = current.nextSibling;
    current.remove();
    current = following;
  }
}

const isSameNode = (one, other) =>
  one.nodeName === other.nodeName && one.dataset?.key === other.dataset?.key;
