import {h} from '../dom.js';
import * as api from '../api.js';
import {throughput} from '../chart.js';
import {count, millis, money, percent, plural, short, span, words} from '../format.js';
import {badge, costText, empty, isRunning, nameOf, progressBar, progressText, projectBadge, statusBadge, statusOf, to, waits} from '../parts.js';

export function overview({state}) {
  const now = state.snapshot;
  if (!now) return {title: 'Overview', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Overview'), h('p', {class: 'dim'}, 'Listening…'))};
  const running = now.batches.filter(isRunning);
  return {
    title: 'Overview',
    node: h('div', {'data-key': 'overview'},
      h('h1', null, 'Overview'),
      h('p', {class: 'lead'}, headline(now, running)),
      tiles(state, now, running),
      h('section', {'aria-labelledby': 'o-routes'}, h('h2', {id: 'o-routes'}, 'Throughput against the allowance'),
        h('div', {class: 'charts'}, now.routes.map((route) => routeCard(state, route)))),
      h('section', {'aria-labelledby': 'o-batches'}, h('h2', {id: 'o-batches'}, 'Running batches'),
        running.length ? h('ul', {class: 'rows'}, running.map(row))
          : empty('Nothing is running', 'Put in a batch file, or documents and a prompt.', h('a', {class: 'button primary', href: '#/new'}, 'New batch'))),
      h('section', {'aria-labelledby': 'o-workers'}, h('h2', {id: 'o-workers'}, 'Workers'), workers(now)),
      now.steps.length ? h('section', {'aria-labelledby': 'o-steps'}, h('h2', {id: 'o-steps'}, 'Live calls by step'), steps(now)) : null),
  };
}

function headline(now, running) {
  const open = running.reduce((sum, line) => sum + line.progress.queued + line.progress.in_broker, 0);
  if (!running.length) return 'Nothing waits.';
  const longest = Math.max(0, ...running.map((line) => line.why.seconds ?? 0));
  const held = now.routes.filter((route) => route.hold).length;
  return `${plural(running.length, 'batch runs', 'batches run')}, ${plural(open, 'task is', 'tasks are')} to be done${longest ? `, in about ${span(longest)}` : ''}${held ? `; ${plural(held, 'route is', 'routes are')} held` : ''}.`;
}

const sum = (list, of) => list.reduce((total, one) => total + (of(one) ?? 0), 0);

function tiles(state, now, running) {
  const points = Object.values(state.history).flat();
  const calls = sum(points, (p) => p.calls);
  const refused = sum(points, (p) => p.throttled);
  const queued = sum(now.routes, (r) => r.queued);
  const inBroker = sum(now.routes, (r) => r.in_broker);
  const calling = sum(now.routes, (r) => r.running);
  const permits = sum(now.routes, (r) => r.waiting);
  const tile = (name, value, note, tone) => h('div', {class: `tile ${tone ?? ''}`}, h('dt', null, name), h('dd', null, value, h('small', null, note)));
  const spent = running.every((line) => line.cost.spent !== null) ? sum(running, (line) => Number(line.cost.spent)) : null;
  return h('dl', {class: 'tiles'},
    tile('Queued', short(queued), 'in PostgreSQL, for their turn'),
    tile('In the broker', short(Math.max(0, inBroker - calling - permits)), 'ready, or delayed'),
    tile('Wait for a permit', short(permits), 'with a worker'),
    tile('Calls running', short(calling), `of ${short(sum(now.routes, (r) => r.workers * r.concurrency))} that may`),
    tile('Calls ended', short(calls), 'in 15 min'),
    tile('429s', short(refused), calls ? `${((100 * refused) / calls).toFixed(1)} % of the calls` : 'in 15 min', refused ? 'amber' : ''),
    running.length ? tile('Cost of what runs', money(spent), spent === null ? 'a model has no price' : 'so far') : null);
}

function routeCard(state, route) {
  return h('article', {class: 'panel', 'data-key': route.name, 'aria-label': `Route ${route.name}`},
    h('header', {class: 'panel-head'}, h('h3', null, h('a', {href: '#/routes'}, route.name)), h('span', {class: 'dim'}, route.provider),
      route.hold ? badge(words(route.hold.kind), route.hold.kind === 'rate_limit' ? 'amber' : 'red') : route.workers === 0 ? badge('no worker', 'red') : null),
    throughput(route.name, state.history[route.name] ?? [], state.now()),
    h('p', {class: 'why'}, route.waits_for ? [waits(route), route.queued !== null ? h('span', {class: 'dim'}, ` · ${plural((route.queued ?? 0) + (route.in_broker ?? 0), 'task')} to be done`) : null] : h('span', {class: 'dim'}, route.queued ? `${plural(route.queued, 'task')} of paused batches, which take no turn.` : 'Nothing waits here.')));
}

function row(line) {
  return h('li', {class: 'row', 'data-key': line.progress.id},
    h('div', {class: 'row-head'}, h('a', {class: 'name', href: to('batches', line.progress.id, line.project)}, nameOf(line)), statusBadge(statusOf(line)), projectBadge(line),
      h('span', {class: 'right dim'}, progressText(line))),
    progressBar(line),
    h('p', {class: 'why'}, line.why.sentence, h('span', {class: 'dim'}, line.per_minute !== null ? ` · ${count(line.per_minute)} a minute · ` : ' · ', costText(line))));
}

function workers(now) {
  const rows = now.routes.flatMap((route) => route.per_worker.map((worker) => ({route, worker})));
  if (!rows.length) return empty('No worker is there', 'Tasks wait until one starts. A worker says that it is there within some seconds.');
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, ['Worker', 'Route', 'Running calls', 'Waits for', 'Calls', '429s', 'A call takes'].map((name, i) => h('th', {class: i > 3 ? 'number' : '', scope: 'col'}, name)))),
    h('tbody', null, rows.map(({route, worker}) => h('tr', {'data-key': `${worker.name} ${route.name}`},
      h('td', {class: 'name'}, worker.name, worker.stopping && badge('stopping', 'amber')), h('td', {class: 'roomy'}, route.name),
      h('td', null, slots(worker.running, route.concurrency)),
      h('td', {class: 'dim roomy'}, worker.waits_for ? `${worker.waits_for}` : '–'),
      h('td', {class: 'number'}, count(worker.calls_ended)), h('td', {class: 'number'}, count(worker.throttled)),
      h('td', {class: 'number'}, worker.call_ms ? `${count(worker.call_ms)} ms` : '–'))))));
}

/** Which node of a graph calls too often: its share of all calls, and how fast it makes new ones. */
function steps(now) {
  const rows = together(now.steps);
  const all = sum(rows, (step) => step.calls);
  const several = rows.some((step) => api.project.other(step.project));
  const heads = [['Step'], several && ['Project'], ['Calls', 'number'], ['Share', 'number'], ['In the last minute', 'number'], ['In hand', 'number'],
    ['Failed', 'number'], ['429s absorbed', 'number'], ['Waited', 'number'], ['At most', 'number'], ['Routes']];
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, heads.filter(Boolean).map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
    h('tbody', null, rows.map((step) => h('tr', {'data-key': step.key},
      h('td', {class: 'name'}, step.step === '-' ? h('span', {class: 'dim'}, 'without a name') : step.step), several && h('td', null, step.project),
      h('td', {class: 'number'}, count(step.calls)),
      h('td', {class: 'number'}, percent(step.calls / all), h('span', {class: 'left', 'aria-hidden': 'true'}, h('i', {'width%': (100 * step.calls) / all}))),
      h('td', {class: 'number'}, count(lately(step.key, step.calls, Date.parse(now.at)))), h('td', {class: 'number'}, count(step.in_hand)),
      h('td', {class: 'number'}, step.failed ? count(step.failed) : '–'), h('td', {class: 'number'}, step.absorbed ? count(step.absorbed) : '–'),
      h('td', {class: 'number'}, millis(Math.round(step.wait_ms))), h('td', {class: 'number'}, millis(step.longest_wait_ms)),
      h('td', {class: 'dim roomy'}, step.routes.join(', ')))))));
}

/** A step is one, over whichever routes its calls go. */
function together(rows) {
  const steps = new Map();
  for (const row of rows) {
    const key = `${row.project} ${row.step}`;
    const known = steps.get(key);
    const calls = (known?.calls ?? 0) + row.calls;
    steps.set(key, known ? {...known, calls, routes: [...known.routes, row.route], in_hand: known.in_hand + row.in_hand, failed: known.failed + row.failed,
      absorbed: known.absorbed + row.absorbed, wait_ms: (known.wait_ms * known.calls + row.wait_ms * row.calls) / calls,
      longest_wait_ms: Math.max(known.longest_wait_ms, row.longest_wait_ms)} : {...row, key, routes: [row.route]});
  }
  return [...steps.values()].sort((one, other) => other.calls - one.calls);
}

const MINUTE = 60_000;
const heard = new Map();

/** Calls since a minute ago, or since this page was opened. */
function lately(key, calls, at) {
  const points = heard.get(key) ?? [];
  if (points.at(-1)?.at !== at) points.push({at, calls});
  while (points.length > 1 && points[1].at <= at - MINUTE) points.shift();
  heard.set(key, points);
  return calls - points[0].calls;
}

/** A square for each call that may run; filled where one does. */
function slots(running, all) {
  if (all > 24) return `${running} of ${all}`;
  return h('span', {class: 'slots', role: 'img', 'aria-label': `${running} of ${all} calls run`},
    Array.from({length: Math.max(all, running)}, (_, i) => h('i', {class: i < running ? 'on' : ''})), h('span', {class: 'dim'}, ` ${running}/${all}`));
}

