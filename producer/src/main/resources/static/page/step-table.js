// The live calls of each step, such as a node of a graph.

import {h} from './dom.js';
import * as api from './api.js';
import {count, millis, percent} from './format.js';
import {countOrDash, meter, table} from './components.js';

const MINUTE_MS = 60_000;

/** The steps that make most live calls: the percentage of each, and its current rate. */
export function stepTable(snapshot) {
  const rows = mergeRoutes(snapshot.steps);
  const total = rows.reduce((sum, step) => sum + step.calls, 0);
  const hasProjects = rows.some((step) => api.project.other(step.project));
  const columns = [
    'Step',
    hasProjects && 'Project',
    ['Calls', 'number'],
    ['Of all calls', 'number'],
    ['In the last minute', 'number'],
    ['Unfinished calls', 'number'],
    ['Failed', 'number'],
    ['429s', 'number'],
    ['Avg. wait', 'number'],
    ['Max. wait', 'number'],
    'Routes',
  ].filter(Boolean);
  const number = (...content) => h('td', {class: 'number'}, content);
  return table(
    columns,
    rows.map((step) =>
      h(
        'tr',
        {'data-key': step.key},
        h(
          'td',
          {class: 'name'},
          step.step === '-' ? h('span', {class: 'dim'}, 'unnamed') : step.step,
        ),
        hasProjects && h('td', null, step.project),
        number(count(step.calls)),
        number(percent(step.calls / total), meter(step.calls / total)),
        number(count(callsInLastMinute(step.key, step.calls, Date.parse(snapshot.at)))),
        number(count(step.unfinished)),
        number(countOrDash(step.failed)),
        number(countOrDash(step.throttles)),
        number(millis(step.avg_wait_ms)),
        number(millis(step.max_wait_ms)),
        h('td', {class: 'dim text'}, step.routes.join(', ')),
      ),
    ),
  );
}

/** One row for each step, over all routes that its calls use. */
function mergeRoutes(rows) {
  const steps = new Map();
  for (const row of rows) {
    const key = `${row.project} ${row.step}`;
    const known = steps.get(key);
    steps.set(key, known ? mergeSteps(known, row) : {...row, key, routes: [row.route]});
  }
  return [...steps.values()].sort((one, other) => other.calls - one.calls);
}

function mergeSteps(one, other) {
  const calls = one.calls + other.calls;
  return {
    ...one,
    calls,
    routes: [...one.routes, other.route],
    unfinished: one.unfinished + other.unfinished,
    failed: one.failed + other.failed,
    throttles: one.throttles + other.throttles,
    avg_wait_ms: (one.avg_wait_ms * one.calls + other.avg_wait_ms * other.calls) / calls,
    max_wait_ms: Math.max(one.max_wait_ms, other.max_wait_ms),
  };
}

const samples = new Map();

/** Calls in the last minute, or since the page was opened. */
function callsInLastMinute(key, calls, at) {
  const known = samples.get(key) ?? [];
  if (known.at(-1)?.at !== at) known.push({at, calls});
  while (known.length > 1 && known[1].at <= at - MINUTE_MS) known.shift();
  samples.set(key, known);
  return calls - known[0].calls;
}
