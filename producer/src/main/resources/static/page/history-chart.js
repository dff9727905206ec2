// What finished on a route in each hour of the last day or week, as SVG.

import {h} from './dom.js';
import * as api from './api.js';
import {compact, count, plural, shortDateTime, throttledText} from './format.js';

const WIDTH = 900;
const HEIGHT = 150;
const HOUR = 3600;
const MAX_AGE_MS = 30_000;

/** The periods of the charts. The first one has its points in the snapshots. */
export const PERIODS = [
  {id: '', name: '15 min'},
  {id: '24h', name: '24 h', hours: 24, axis: ['24 h ago', '18', '12', '6', 'now']},
  {id: '7d', name: '7 d', hours: 168, axis: ['7 days ago', '6', '5', '4', '3', '2', '1', 'now']},
];

// The latest history; its points are null until it is loaded.
let loaded = null;

/** The history of a period, loaded again every 30 s. */
export function historyOf(period, render) {
  const isKnown = loaded?.hours === period.hours;
  if (!isKnown || Date.now() - loaded.requestedAt > MAX_AGE_MS) load(period, isKnown, render);
  return loaded;
}

async function load({hours}, isKnown, render) {
  const known = isKnown ? loaded : {from: null, history: null};
  const current = {hours, from: known.from, history: known.history, requestedAt: Date.now()};
  loaded = current;
  try {
    const {from, history} = await api.get(`/api/overview/history${api.query({hours})}`);
    Object.assign(current, {from, history, error: null});
  } catch (failure) {
    current.error = failure.message;
  }
  render();
}

const sum = (points, name) => points.reduce((total, point) => total + point[name], 0);

export function historyChart(route, period, {from, history}) {
  const points = history?.[route.name] ?? [];
  const throttled = sum(points, 'throttled');
  const failed = sum(points, 'failed');
  return h(
    'figure',
    {class: 'chart', 'data-chart': route.name, 'data-period': period.id},
    h(
      'figcaption',
      null,
      h(
        'span',
        {class: 'chart-now'},
        h('b', null, compact(sum(points, 'completed'))),
        ' completed',
        h('span', {class: 'dim'}, `; ${compact(sum(points, 'tokens'))} tokens`),
      ),
      failed > 0 && h('span', {class: 'chart-failed'}, `${compact(failed)} failed`),
      throttled > 0 && h('span', {class: 'chart-throttled'}, throttledText(throttled)),
      h('span', {class: 'chart-cursor', 'aria-hidden': 'true'}),
    ),
    h(
      'div',
      {class: 'plot'},
      plot(route.name, period, points, from),
      history && !points.length && h('p', {class: 'chart-empty'}, 'Nothing finished in this time'),
    ),
    h(
      'div',
      {class: 'axis', 'aria-hidden': 'true'},
      period.axis.map((label) => h('span', null, label)),
    ),
  );
}

const finished = (point) => point.completed + point.failed;

function plot(name, period, points, from) {
  const top = 1.1 * Math.max(1, ...points.map(finished));
  const width = WIDTH / period.hours;
  const bar = (style, point, below, value) => {
    const height = (value / top) * HEIGHT;
    return (
      value > 0 &&
      h('rect', {
        class: style,
        x: ((point.t - from) / HOUR) * width,
        y: HEIGHT - (below / top) * HEIGHT - height,
        width: 0.85 * width,
        height,
      })
    );
  };
  const label =
    `${name}, last ${period.name}: ${count(sum(points, 'completed'))} completed, ` +
    `${count(sum(points, 'failed'))} failed, ${throttledText(sum(points, 'throttled'))}`;
  return h(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
      onpointermove: (event) => showHour(event, period, points, from),
      onpointerleave: (event) => showText(event, ''),
    },
    grid(period.axis.length - 1),
    points.map((point) => [
      bar('bar-completed', point, 0, point.completed),
      bar('bar-failed', point, point.completed, point.failed),
    ]),
  );
}

const grid = (columns) => [
  [0.25, 0.5, 0.75].map((ratio) =>
    h('line', {class: 'grid', x1: 0, x2: WIDTH, y1: HEIGHT * ratio, y2: HEIGHT * ratio}),
  ),
  Array.from({length: columns - 1}, (_, i) => ((i + 1) * WIDTH) / columns).map((x) =>
    h('line', {class: 'grid', x1: x, x2: x, y1: 0, y2: HEIGHT}),
  ),
];

/** Shows the values of the hour at the pointer. */
function showHour(event, period, points, from) {
  const box = event.currentTarget.getBoundingClientRect();
  const hour = Math.floor(((event.clientX - box.left) / box.width) * period.hours);
  const t = from + hour * HOUR;
  const point = points.find((one) => one.t === t);
  showText(event, from === null ? '' : `${shortDateTime(t)}: ${point ? text(point) : 'nothing'}`);
}

const text = ({completed, failed, throttled, tokens}) =>
  [
    `${count(completed)} completed`,
    failed > 0 && `${count(failed)} failed`,
    throttled > 0 && `429s: ${count(throttled)}`,
    plural(tokens, 'token'),
  ]
    .filter(Boolean)
    .join(', ');

function showText(event, content) {
  event.currentTarget.closest('figure').querySelector('.chart-cursor').textContent = content;
}
