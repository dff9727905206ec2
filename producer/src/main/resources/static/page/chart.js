// The throughput of a route and its rate limit over the last 15 minutes, as SVG.

import {h} from './dom.js';
import {compact, count, throttledText, timeOfDay} from './format.js';
import {isHeld} from './route-status.js';

const WIDTH = 900;
const HEIGHT = 150;
const SECONDS = 15 * 60;
const POINT_SECONDS = 5;
const SMOOTHED_POINTS = 12;
const RECENT_POINTS = 24;

const REQUESTS = {
  value: (point) => point.calls,
  limit: (point) => point.requests_per_minute,
  unit: 'calls/min',
};
const TOKENS = {
  value: (point) => point.tokens,
  limit: (point) => point.tokens_per_minute,
  unit: 'tokens/min',
};

const perMinute = (value) => (value * 60) / POINT_SECONDS;

/** The limit that is closer to being used up. */
function bindingSeries(points) {
  return utilisation(points, TOKENS) > utilisation(points, REQUESTS) ? TOKENS : REQUESTS;
}

function utilisation(points, series) {
  const recent = points.slice(-RECENT_POINTS).filter(series.limit);
  return Math.max(-1, ...recent.map((p) => perMinute(series.value(p)) / series.limit(p)));
}

/** The calls or tokens of the last minute at each point, without the unfinished point. */
function rates(points, series) {
  const complete = points.filter((point) => point.seconds >= POINT_SECONDS);
  return complete.map((point, i) => {
    const window = complete.slice(Math.max(0, i - SMOOTHED_POINTS + 1), i + 1);
    const average = window.reduce((sum, p) => sum + series.value(p), 0) / window.length;
    return {
      t: point.t,
      rate: perMinute(average),
      limit: series.limit(point),
      throttled: point.throttled,
    };
  });
}

export function throughputChart(route, points, now) {
  const held = isHeld(route);
  const series = bindingSeries(points);
  const shown = rates(points, series).filter((point) => point.t > now - SECONDS);
  const rate = shown.at(-1)?.rate;
  const limit = shown.findLast((point) => point.limit)?.limit ?? null;
  const throttled = points
    .filter((point) => point.t > now - SECONDS)
    .reduce((sum, point) => sum + point.throttled, 0);
  const title = 'In the last 15 min';
  return h(
    'figure',
    {class: 'chart', 'data-chart': route.name},
    h(
      'figcaption',
      null,
      h(
        'span',
        {class: 'chart-now'},
        h('b', null, compact(held ? 0 : (rate ?? 0))),
        ` ${series.unit}`,
        h(
          'span',
          {class: 'dim'},
          held ? ', held' : ' in the last minute',
          limit ? `; limit ${compact(limit)}/min` : '; limit unknown',
        ),
      ),
      h('span', {class: 'chart-cursor', 'aria-hidden': 'true'}),
      throttled > 0 && h('span', {class: 'chart-throttled', title}, throttledText(throttled)),
    ),
    h(
      'div',
      {class: 'plot'},
      plot(route.name, shown, series, now, {rate: held ? 0 : rate, limit}),
      !shown.length && h('p', {class: 'chart-empty'}, 'No calls yet'),
    ),
    h(
      'div',
      {class: 'axis', 'aria-hidden': 'true'},
      ['15 min ago', '10', '5', 'now'].map((label) => h('span', null, label)),
    ),
  );
}

function plot(route, shown, series, now, {rate, limit}) {
  const top = Math.max(1, ...shown.flatMap((p) => [p.rate * 1.1, (p.limit ?? 0) * 1.15]));
  const x = (t) => ((t - (now - SECONDS)) / SECONDS) * WIDTH;
  const y = (value) => HEIGHT - (value / top) * HEIGHT;
  const path = (list, value) =>
    list.map((p, i) => `${i ? 'L' : 'M'}${x(p.t).toFixed(1)} ${y(value(p)).toFixed(1)}`).join('');
  const line = path(shown, (point) => point.rate);
  const ends = shown.length && [x(shown.at(-1).t).toFixed(1), x(shown[0].t).toFixed(1)];
  const limits = path(
    shown.filter((point) => point.limit),
    (point) => point.limit,
  );
  const label =
    rate === undefined
      ? `${route}: no calls yet`
      : `${route}: ${count(rate)} ${series.unit}${limit ? `, limit ${count(limit)}` : ''}`;
  return h(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
      onpointermove: (event) => showCursor(event, shown, series, now),
      onpointerleave: hideCursor,
    },
    grid(),
    line && h('path', {class: 'area', d: `${line}L${ends[0]} ${HEIGHT}L${ends[1]} ${HEIGHT}Z`}),
    line && h('path', {class: 'line', d: line}),
    limits && h('path', {class: 'limit', d: limits}),
    shown
      .filter((point) => point.throttled > 0)
      .map(({t}) =>
        h('line', {class: 'throttled', x1: x(t), x2: x(t), y1: HEIGHT - 10, y2: HEIGHT}),
      ),
    h('line', {class: 'cursor', x1: -1, x2: -1, y1: 0, y2: HEIGHT}),
  );
}

const grid = () => [
  [0.25, 0.5, 0.75].map((ratio) =>
    h('line', {class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * ratio, y2: HEIGHT * ratio}),
  ),
  [1, 2].map((third) =>
    h('line', {class: 'grid', y1: 0, y2: HEIGHT, x1: (WIDTH * third) / 3, x2: (WIDTH * third) / 3}),
  ),
];

/** Shows the values at the pointer. */
function showCursor(event, shown, series, now) {
  const svg = event.currentTarget;
  const box = svg.getBoundingClientRect();
  const t = now - SECONDS + ((event.clientX - box.left) / box.width) * SECONDS;
  const distance = (point) => Math.abs(point.t - t);
  const nearest = shown.reduce(
    (best, point) => (best && distance(best) < distance(point) ? best : point),
    null,
  );
  if (!nearest) return;
  moveCursor(svg, ((nearest.t - (now - SECONDS)) / SECONDS) * WIDTH);
  const throttled = nearest.throttled ? `, 429s: ${nearest.throttled}` : '';
  cursorText(svg).textContent =
    `${timeOfDay(nearest.t)}  ${compact(nearest.rate)} ${series.unit}${throttled}`;
}

function hideCursor(event) {
  moveCursor(event.currentTarget, -1);
  cursorText(event.currentTarget).textContent = '';
}

function moveCursor(svg, x) {
  const cursor = svg.querySelector('.cursor');
  cursor.setAttribute('x1', x);
  cursor.setAttribute('x2', x);
}

const cursorText = (svg) => svg.closest('figure').querySelector('.chart-cursor');
