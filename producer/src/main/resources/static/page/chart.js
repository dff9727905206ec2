// One chart: what went through against what the provider allows. Too small a thing for a library.

import {h} from './dom.js';
import {clock, count, short} from './format.js';

const WIDTH = 900;
const HEIGHT = 150;
const SECONDS = 15 * 60;
const STEP = 5;

const series = {
  requests: {value: (p) => p.calls, allowed: (p) => p.requests_per_minute, unit: 'calls a minute'},
  tokens: {value: (p) => p.tokens, allowed: (p) => p.tokens_per_minute, unit: 'tokens a minute'},
};

/** Of the two limits the one that is nearer to being used up. */
function binding(points) {
  const share = (one) => {
    const recent = points.slice(-24).filter((p) => one.allowed(p));
    return recent.length ? Math.max(...recent.map((p) => (one.value(p) * 60) / STEP / one.allowed(p))) : -1;
  };
  return share(series.tokens) > share(series.requests) ? series.tokens : series.requests;
}

/** A minute's rate around each point; the five seconds that still run are left out. */
function rates(points, one) {
  const whole = points.filter((p) => p.seconds >= STEP);
  return whole.map((p, i) => {
    const around = whole.slice(Math.max(0, i - 2), i + 1);
    const value = around.reduce((sum, q) => sum + one.value(q), 0) / around.length;
    return {t: p.t, rate: (value * 60) / STEP, throttled: p.throttled, allowed: one.allowed(p)};
  });
}

export function throughput(route, points, now) {
  const one = binding(points);
  const shown = rates(points, one).filter((p) => p.t > now - SECONDS);
  const last = shown.at(-1);
  const allowed = shown.findLast((p) => p.allowed)?.allowed ?? null;
  const top = Math.max(1, ...shown.map((p) => Math.max(p.rate * 1.1, (p.allowed ?? 0) * 1.15)));
  const x = (t) => ((t - (now - SECONDS)) / SECONDS) * WIDTH;
  const y = (rate) => HEIGHT - (rate / top) * HEIGHT;
  const line = shown.map((p, i) => `${i ? 'L' : 'M'}${x(p.t).toFixed(1)} ${y(p.rate).toFixed(1)}`).join('');
  const area = shown.length ? `${line}L${x(last.t).toFixed(1)} ${HEIGHT}L${x(shown[0].t).toFixed(1)} ${HEIGHT}Z` : '';
  const limit = shown.filter((p) => p.allowed).map((p, i) => `${i ? 'L' : 'M'}${x(p.t).toFixed(1)} ${y(p.allowed).toFixed(1)}`).join('');
  const refused = shown.filter((p) => p.throttled > 0);
  const said = last
    ? `${route}: ${count(last.rate)} ${one.unit}${allowed ? ` of ${count(allowed)} allowed` : ''}`
    : `${route}: nothing went through yet`;
  const total429 = shown.reduce((sum, p) => sum + p.throttled, 0);
  return h('figure', {class: 'chart', 'data-chart': route},
    h('figcaption', null,
      h('span', {class: 'chart-now'}, h('b', null, last ? short(last.rate) : '0'), ` ${one.unit}`,
        allowed ? h('span', {class: 'dim'}, ` of ${short(allowed)} allowed`) : h('span', {class: 'dim'}, ', no limit is known')),
      h('span', {class: 'chart-read', 'aria-hidden': 'true'}, ''),
      total429 > 0 && h('span', {class: 'chart-429'}, `${count(total429)} × 429`)),
    h('div', {class: 'plot'},
      h('svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': said,
        onpointermove: (event) => read(event, shown, one, now), onpointerleave: clear},
        [0.25, 0.5, 0.75].map((part) => h('line', {class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part})),
        [1, 2].map((part) => h('line', {class: 'grid', y1: 0, y2: HEIGHT, x1: (WIDTH * part) / 3, x2: (WIDTH * part) / 3})),
        area && h('path', {class: 'area', d: area}),
        line && h('path', {class: 'line', d: line}),
        limit && h('path', {class: 'limit', d: limit}),
        refused.map((p) => h('line', {class: 'refused', x1: x(p.t), x2: x(p.t), y1: HEIGHT - 10, y2: HEIGHT})),
        h('line', {class: 'cursor', x1: -1, x2: -1, y1: 0, y2: HEIGHT})),
      !last && h('p', {class: 'chart-empty'}, 'Nothing has gone through yet.')),
    h('div', {class: 'axis', 'aria-hidden': 'true'}, ['15 min ago', '10', '5', 'now'].map((label) => h('span', null, label))));
}

function read(event, shown, one, now) {
  const svg = event.currentTarget;
  const box = svg.getBoundingClientRect();
  const t = now - SECONDS + ((event.clientX - box.left) / box.width) * SECONDS;
  const near = shown.reduce((best, p) => (best && Math.abs(best.t - t) < Math.abs(p.t - t) ? best : p), null);
  if (!near) return;
  const at = ((near.t - (now - SECONDS)) / SECONDS) * WIDTH;
  const cursor = svg.querySelector('.cursor');
  cursor.setAttribute('x1', at);
  cursor.setAttribute('x2', at);
  svg.closest('figure').querySelector('.chart-read').textContent =
    `${clock(new Date(near.t * 1000))}  ${short(near.rate)} ${one.unit}${near.throttled ? `, ${near.throttled} × 429` : ''}`;
}

function clear(event) {
  const svg = event.currentTarget;
  const cursor = svg.querySelector('.cursor');
  cursor.setAttribute('x1', -1);
  cursor.setAttribute('x2', -1);
  svg.closest('figure').querySelector('.chart-read').textContent = '';
}
