// Elements are made here and nowhere else. Text becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'line', 'rect', 'g', 'circle', 'polyline']);
const HANDLERS = ['onclick', 'onsubmit', 'onchange', 'oninput', 'onkeydown', 'onpointermove',
  'onpointerleave', 'ondrop', 'ondragover', 'ondragleave', 'onclose'];

/** h('p', {class: 'x', onclick: f}, 'text', node, [nodes], null) */
export function h(tag, attributes, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (HANDLERS.includes(name)) element[name] = value;
    else if (name === 'width%') element.style.setProperty('--part', `${value}%`);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Makes `old` like `fresh`, keeping what is the same: focus, scrolling and what is being typed. */
export function patch(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName
      || old.dataset?.key !== fresh.dataset?.key) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.dataset.keep !== undefined && old.dataset.keep === fresh.dataset.keep) return;
  attributes(old, fresh);
  children(old, fresh);
}

function attributes(old, fresh) {
  for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  for (const {name, value} of fresh.attributes) {
    if (old.getAttribute(name) !== value) {
      if (name === 'style') old.style.cssText = fresh.style.cssText;
      else old.setAttribute(name, value);
    }
  }
  for (const handler of HANDLERS) old[handler] = fresh[handler];
  if (old.nodeName === 'BUTTON') old.disabled = fresh.disabled;
}

function children(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const known = next.dataset?.key ? keyed.get(next.dataset.key) : null;
    if (known && known !== at) {
      old.insertBefore(known, at);
      patch(known, next);
    } else if (!at) {
      old.append(next);
    } else {
      const following = at.nextSibling;
      const same = at.nodeName === next.nodeName && at.dataset?.key === next.dataset?.key;
      if (same) {
        patch(at, next);
        at = following;
      } else {
        old.insertBefore(next, at);
      }
    }
  }
  while (at) {
    const following = at.nextSibling;
    at.remove();
    at = following;
  }
}
