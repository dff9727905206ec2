import {h} from '../dom.js';
import {throughputChart} from '../chart.js';
import {historyChart, historyOf, PERIODS} from '../history-chart.js';
import {stepTable} from '../step-table.js';
import {liveCostTable} from '../live-cost-table.js';
import {compact, count, duration, millis, money, percent, plural} from '../format.js';
import {term} from '../definitions.js';
import {withLocalTimes} from '../times.js';
import {
  badge,
  deadLettersLink,
  emptyState,
  linkTo,
  loading,
  projectBadge,
  table,
} from '../components.js';
import {
  batchName,
  costText,
  displayStatus,
  isUnfinished,
  progressBar,
  progressText,
  rateText,
  statusBadge,
} from '../batch-components.js';
import {
  holdEnd,
  holdReason,
  holdTone,
  limitingFactor,
  maxCalls,
  pendingTasks,
  routeBadge,
  routeStatus,
  unfinishedTasks,
} from '../route-status.js';

const MAX_SLOTS = 24;

export function overview({state, search, render}) {
  const snapshot = state.snapshot;
  if (!snapshot) {
    const node = h('div', {'data-key': 'loading'}, h('h1', null, 'Overview'), connecting());
    return {title: 'Overview', node};
  }
  const batches = snapshot.batches.filter(isUnfinished);
  const period = PERIODS.find(({id}) => id === search.get('period')) ?? PERIODS[0];
  return {
    title: 'Overview',
    node: h(
      'div',
      {'data-key': 'overview'},
      h('h1', null, 'Overview'),
      h('p', {class: 'lead'}, summary(batches)),
      health(snapshot, state.now()),
      tiles(state, snapshot, batches),
      routeCharts(state, period, render),
      section('overview-batches', 'Unfinished batches', unfinishedBatches(batches)),
      section('overview-workers', 'Workers', workers(snapshot)),
      snapshot.steps.length
        ? section('overview-steps', 'Live calls by step', stepTable(snapshot))
        : null,
      snapshot.live_costs?.length
        ? section(
            'overview-live-costs',
            'Cost of live calls this month',
            liveCostTable(snapshot.live_costs),
          )
        : null,
    ),
  };
}

const connecting = () => loading('Connecting…');

const section = (id, title, ...content) =>
  h('section', {'aria-labelledby': id}, h('h2', {id}, title), content);

const sum = (list, of) => list.reduce((total, item) => total + (of(item) ?? 0), 0);

function summary(batches) {
  if (!batches.length) return 'No unfinished batches.';
  const tasks = sum(
    batches,
    ({progress}) => progress.blocked + progress.queued + progress.in_broker,
  );
  const paused = batches.filter((batch) => displayStatus(batch) === 'paused');
  const running = batches.filter((batch) => !paused.includes(batch));
  const number = [
    running.length && plural(running.length, 'running batch', 'running batches'),
    paused.length && plural(paused.length, 'paused batch', 'paused batches'),
  ];
  const all = `${number.filter(Boolean).join(' and ')} with ${plural(tasks, 'unfinished task')}`;
  if (!running.length) return `${all}.`;
  const seconds = running.map((batch) => batch.why.seconds_left);
  const unknown = seconds.filter((one) => one === null).length;
  const last = batches.length === 1 ? 'it' : 'the last running one';
  const end = unknown
    ? `no estimate for ${plural(unknown, 'batch', 'batches')} (held, no worker, or no rate yet)`
    : `${last} finishes in about ${duration(Math.max(...seconds))}`;
  return `${all}; ${end}.`;
}

/** What needs attention, before all numbers. */
function health(snapshot, now) {
  const problems = [
    ...snapshot.routes.filter((route) => route.hold).map((route) => heldRoute(route, now)),
    ...snapshot.routes.filter((route) => !route.hold && route.workers === 0).map(unservedRoute),
    ...snapshot.batches.filter((batch) => displayStatus(batch) === 'paused').map(pausedBatch),
    snapshot.dead_letters && openDeadLetters(snapshot.dead_letters),
  ].filter(Boolean);
  if (!problems.length) {
    const text = 'All routes are available, workers are connected, no open dead letters.';
    return h('p', {class: 'health banner green', role: 'status'}, h('b', null, 'Healthy. '), text);
  }
  return h(
    'ul',
    {class: 'health', 'aria-label': 'Needs attention'},
    problems.map(({key, tone, href, title, text, action}) =>
      h(
        'li',
        {class: `banner ${tone}`, 'data-key': key},
        h('span', null, h('b', null, title), text),
        h('a', {href}, action),
      ),
    ),
  );
}

const heldRoute = (route, now) => ({
  key: `hold ${route.name}`,
  tone: holdTone(route.hold),
  href: '#/routes',
  title: route.hold.partial
    ? `A failing batch or caller of route ${route.name} is held: ${holdReason(route.hold)}. `
    : `Route ${route.name} is held: ${holdReason(route.hold)}. `,
  text: [holdEnd(route.hold, now), ` ${unfinishedTasks(route)}.`],
  action: 'Open routes',
});

const unservedRoute = (route) => ({
  key: `workers ${route.name}`,
  tone: pendingTasks(route) ? 'red' : 'amber',
  href: '#/routes',
  title: `No workers connected for route ${route.name}. `,
  text: `${unfinishedTasks(route)}.`,
  action: 'Open routes',
});

const pausedBatch = (batch) => ({
  key: `paused ${batch.progress.id}`,
  tone: 'amber',
  href: linkTo('batches', batch.progress.id, batch.project),
  title: `${batchName(batch)} is paused. `,
  text:
    batch.progress.paused_by === 'stop_after'
      ? withLocalTimes(batch.why.sentence)
      : `${progressText(batch)} finished.`,
  action: 'Open batch',
});

const openDeadLetters = (open) => ({
  key: 'dead letters',
  tone: 'amber',
  href: deadLettersLink({}),
  title: plural(open, 'open dead letter'),
  text: ': tasks that failed permanently and were not replayed, discarded or accepted.',
  action: 'View dead letters',
});

function tiles(state, snapshot, batches) {
  const {routes} = snapshot;
  const points = Object.values(state.history).flat();
  const calls = sum(points, (point) => point.calls);
  const throttled = sum(points, (point) => point.throttled);
  const inFlight = sum(routes, (route) => route.running);
  const slots = sum(routes, maxCalls);
  const hasPrices = batches.every((batch) => batch.cost.spent !== null);
  const spent = hasPrices ? sum(batches, (batch) => Number(batch.cost.spent)) : null;
  const throttledNote = calls ? `${percent(throttled / calls)} of calls` : 'last 15 min';
  const tile = (name, value, note, tone = '') =>
    h(
      'div',
      {class: `tile ${tone}`},
      term(name, 'dt'),
      h('dd', null, value, h('small', null, note)),
    );
  return h(
    'dl',
    {class: 'tiles'},
    tile('Queued', compact(sum(routes, (route) => route.queued)), 'in PostgreSQL'),
    tile('In broker', compact(sum(routes, (route) => route.in_broker)), 'in RabbitMQ'),
    tile('Waiting', compact(sum(routes, (route) => route.waiting)), 'in workers'),
    tile('Running calls', compact(inFlight), `of ${compact(slots)} allowed`),
    tile('Finished calls', compact(calls), 'last 15 min'),
    tile('429s', compact(throttled), throttledNote, throttled ? 'amber' : ''),
    batches.length
      ? tile('Cost', money(spent), hasPrices ? 'unfinished batches' : 'a model has no price')
      : null,
  );
}

function routeCharts(state, period, render) {
  const history = period.hours ? historyOf(period, render) : null;
  const chart = (route) =>
    history
      ? historyChart(route, period, history)
      : throughputChart(route, state.history[route.name] ?? [], state.now());
  return h(
    'section',
    {'aria-labelledby': 'overview-routes'},
    h(
      'div',
      {class: 'title'},
      h('h2', {id: 'overview-routes'}, 'Throughput and rate limits'),
      periodSwitch(period),
    ),
    history?.error && h('p', {class: 'error', role: 'alert'}, history.error),
    h(
      'div',
      {class: 'charts'},
      state.snapshot.routes.map((route) => routeCard(state, route, chart(route))),
    ),
  );
}

const periodSwitch = (current) =>
  h(
    'nav',
    {class: 'switch', 'aria-label': 'Period'},
    PERIODS.map(({id, name}) =>
      h(
        'a',
        {href: id ? `#/?period=${id}` : '#/', 'aria-current': id === current.id ? 'true' : null},
        name,
      ),
    ),
  );

function routeCard(state, route, chart) {
  return h(
    'article',
    {class: 'panel', 'data-key': route.name, 'aria-label': `Route ${route.name}`},
    h(
      'header',
      {class: 'panel-head'},
      h('h3', null, h('a', {href: '#/routes'}, route.name)),
      h('span', {class: 'dim'}, route.provider),
      route.hold || route.workers === 0 ? routeBadge(route) : null,
    ),
    chart,
    h('p', {class: 'reason'}, routeStatus(route, state.now())),
  );
}

function unfinishedBatches(batches) {
  if (batches.length) return h('ul', {class: 'rows'}, batches.map(batchRow));
  const link = h('a', {class: 'button primary', href: '#/new-batch'}, 'New batch');
  const text = 'Submit a batch file, or documents and a prompt.';
  return emptyState('No unfinished batches', text, link);
}

const batchRow = (batch) =>
  h(
    'li',
    {class: 'row', 'data-key': batch.progress.id},
    h(
      'div',
      {class: 'row-head'},
      h(
        'a',
        {class: 'name', href: linkTo('batches', batch.progress.id, batch.project)},
        batchName(batch),
      ),
      statusBadge(batch),
      projectBadge(batch.project),
      h('span', {class: 'right dim'}, progressText(batch)),
    ),
    progressBar(batch),
    h(
      'p',
      {class: 'reason'},
      withLocalTimes(batch.why.sentence),
      h('span', {class: 'dim'}, ' Rate ', rateText(batch), ' · cost ', costText(batch)),
    ),
  );

function workers(snapshot) {
  const rows = snapshot.routes
    .flatMap((route) => route.per_worker.map((worker) => ({route, worker})))
    .sort((one, other) => one.worker.name.localeCompare(other.worker.name, 'en', {numeric: true}));
  if (!rows.length) {
    return emptyState('No workers connected', 'Tasks wait until a worker starts.');
  }
  const columns = [
    'Worker',
    'Route',
    'Running calls',
    'Waits for',
    ['Finished calls', 'number'],
    ['429s', 'number'],
    ['Avg. latency', 'number'],
  ];
  return table(
    columns,
    rows.map(({route, worker}, i) => workerRow(route, worker, rows[i - 1]?.worker.name)),
  );
}

/** Shows the name once for all routes of a worker. */
const workerRow = (route, worker, previousName) =>
  h(
    'tr',
    {'data-key': `${worker.name} ${route.name}`, class: worker.name === previousName ? 'more' : ''},
    h(
      'td',
      {class: 'name'},
      worker.name === previousName ? null : worker.name,
      worker.stopping && badge('shutting down', 'amber'),
    ),
    h('td', {class: 'text'}, route.name),
    h('td', null, slots(worker.running, route.concurrency)),
    h('td', {class: 'dim text'}, limitingFactor(worker.waits_for) ?? '–'),
    h('td', {class: 'number'}, count(worker.calls_finished)),
    h('td', {class: 'number'}, count(worker.throttled)),
    h('td', {class: 'number'}, millis(worker.avg_latency_ms)),
  );

/** One square for each concurrent call that a worker may run; filled while a call runs. */
function slots(running, max) {
  if (max > MAX_SLOTS) return `${running} of ${max}`;
  return h(
    'span',
    {class: 'slots', role: 'img', 'aria-label': `${running} of ${max} calls running`},
    Array.from({length: Math.max(max, running)}, (_, i) =>
      h('i', {class: i < running ? 'on' : ''}),
    ),
    h('span', {class: 'dim'}, ` ${running}/${max}`),
  );
}
