import {h} from '../dom.js';
import * as api from '../api.js';
import {throughputChart} from '../chart.js';
import {compact, count, humanize, millis, plural} from '../format.js';
import {badge, button, emptyState, fact, loading, meter, run, table} from '../components.js';
import {openDialog} from '../dialog.js';
import {
  holdEnd,
  holdName,
  holdTone,
  isHeld,
  maxCalls,
  routeBadge,
  routeStatus,
} from '../route-status.js';

const SOURCES = {
  configured: 'configured',
  advertised: 'from response headers',
  inferred: 'inferred from 429s',
  unknown: 'unknown',
};
const STORAGES = {
  worker: 'worker memory',
  redis: 'Redis',
  partitioned: 'partitioned across workers',
};
const LIMITS = ['requests', 'tokens', 'input_tokens', 'output_tokens'];

export function routes({state}) {
  const snapshot = state.snapshot;
  if (!snapshot) {
    const node = h('div', {'data-key': 'loading'}, h('h1', null, 'Routes'), loading('Connecting…'));
    return {title: 'Routes', node};
  }
  return {
    title: 'Routes',
    node: h(
      'div',
      {'data-key': 'routes'},
      h('h1', null, 'Routes'),
      h(
        'p',
        {class: 'lead'},
        'A route has one or more provider endpoints, and the models that share their limits.',
      ),
      snapshot.routes.map((route) => card(state, route)),
    ),
  };
}

function card(state, route) {
  const chart = throughputChart(route, state.history[route.name] ?? [], state.now());
  return h(
    'article',
    {class: 'panel route', 'data-key': route.name, 'aria-label': `Route ${route.name}`},
    h(
      'header',
      {class: 'panel-head'},
      h('h2', null, route.name),
      h('span', {class: 'dim'}, route.provider),
      routeBadge(route),
      actions(route),
    ),
    route.hold ? holdBanner(route.hold, state.now()) : null,
    h(
      'div',
      {class: 'route-body'},
      h('div', null, chart, h('p', {class: 'reason'}, routeStatus(route, state.now()))),
      h('div', null, limits(route)),
    ),
    h(
      'dl',
      {class: 'facts'},
      fact('Models', route.models.join(', ')),
      fact('Workers', count(route.workers)),
      fact('Queued', count(route.queued), h('small', null, 'in PostgreSQL')),
      fact('In broker', count(route.in_broker), h('small', null, 'in RabbitMQ')),
      fact('Waiting', count(route.waiting), h('small', null, 'in workers')),
      fact('Running calls', `${count(route.running)} of ${count(maxCalls(route))} allowed`),
      fact('Finished calls', count(route.calls_finished), sinceStart()),
      fact('429s', count(route.throttled), sinceStart()),
      fact('Avg. latency', millis(route.avg_latency_ms), ofRecentCalls()),
      fact('Avg. tokens per call', count(route.tokens_per_call), ofRecentCalls()),
      fact('Limit storage', STORAGES[route.limit_storage] ?? '–'),
      flexTier(route.tier),
    ),
    route.members.length ? members(route) : null,
  );
}

function members(route) {
  const shareAccounts = route.members.some(({name, account}) => account !== name);
  const columns = [
    'Member',
    ...(shareAccounts ? ['Account'] : []),
    'Provider',
    ['Order', 'number'],
    ['Running calls', 'number'],
    ['Finished calls', 'number'],
    ['429s', 'number'],
    'Limits per minute',
    'State',
  ];
  return table(columns, route.members.map((member) => memberRow(member, shareAccounts)));
}

function flexTier(tier) {
  const {name, recent_calls: calls, recent_refusals: refused, models_without_flex: without} = tier;
  if (name !== 'flex' && !calls && !without.length) return null;
  const refusals = calls ? `${count(refused)} of ${plural(calls, 'call')} refused` : 'no call yet';
  const note = without.length ? h('small', null, `not for ${without.join(', ')}`) : null;
  return fact('Flex tier', refusals, note);
}

const memberRow = (member, shareAccounts) =>
  h(
    'tr',
    {'data-key': member.name},
    h('td', {class: 'name'}, member.name),
    shareAccounts && h('td', {class: 'text'}, member.account),
    h('td', {class: 'dim text'}, member.provider),
    h('td', {class: 'number'}, count(member.order)),
    h('td', {class: 'number'}, count(member.running)),
    h('td', {class: 'number'}, count(member.calls_finished)),
    h('td', {class: 'number'}, count(member.throttled)),
    h('td', {class: 'text'}, memberLimits(member)),
    h('td', {title: member.hold?.reason}, memberBadge(member)),
  );

const memberLimits = (member) =>
  member.limits
    .filter((limit) => limit.per_minute)
    .map((limit) => `${compact(limit.per_minute)} ${humanize(limit.limit)}`)
    .join(', ') || '–';

const memberBadge = ({hold}) =>
  hold ? badge(`held: ${holdName(hold)}`, holdTone(hold)) : badge('available', 'green');

const sinceStart = () => h('small', null, 'since each worker started');

const ofRecentCalls = () => h('small', null, 'of recent calls');

function holdBanner(hold, now) {
  const reason =
    hold.kind === 'manual' ? [h('b', null, 'Manual hold'), `: ${hold.reason}. `] : null;
  return h(
    'p',
    {class: `banner ${holdTone(hold)}`},
    reason ?? [
      h('b', null, hold.reason || holdName(hold)),
      hold.partial ? ', for a batch or caller whose calls all fail. ' : '. ',
    ],
    holdEnd(hold, now),
  );
}

function actions(route) {
  const release = () =>
    run(() => api.post(path(route, '/release')), `Route ${route.name} is released.`);
  return h(
    'div',
    {class: 'actions'},
    route.hold && button('Release', release, 'primary'),
    route.hold?.kind !== 'manual' && button('Hold', () => openHoldDialog(route)),
    button('Override limits', () => openLimitsDialog(route), 'quiet'),
  );
}

const path = (route, action) => `/api/routes/${encodeURIComponent(route.name)}${action}`;

async function openHoldDialog(route) {
  const values = await openDialog({
    title: `Hold ${route.name}`,
    text:
      'Workers start no new calls on this route. Running calls finish; ' +
      'tasks wait, and no attempt is counted.',
    action: 'Hold route',
    fields: [
      {name: 'reason', label: 'Reason', placeholder: 'shown on this page', maxlength: 200},
      {
        name: 'minutes',
        label: 'Duration in minutes',
        type: 'number',
        min: 1,
        hint: 'Leave empty to hold the route until it is released.',
      },
    ],
  });
  if (!values) return;
  const minutes = values.minutes === '' ? null : Number(values.minutes);
  const body = {reason: values.reason, minutes};
  await run(() => api.post(path(route, '/hold'), body), `Route ${route.name} is held.`);
}

async function openLimitsDialog(route) {
  const values = await openDialog({
    title: `Override limits of ${route.name}`,
    text:
      'These limits immediately replace the configured ones on all workers and persist across ' +
      'restarts. A lower limit that the provider advertises still applies. ' +
      'Leave a field empty to use the configured limit.',
    action: 'Save limits',
    fields: LIMITS.map((limit) => ({
      name: limit,
      label: capitalize(`${humanize(limit)} per minute`),
      type: 'number',
      min: 1,
      value: route.limit_overrides[limit] ?? '',
    })),
  });
  if (!values) return;
  const body = Object.fromEntries(
    Object.entries(values).map(([limit, value]) => [
      `${limit}_per_minute`,
      value === '' ? null : Number(value),
    ]),
  );
  await run(() => api.put(path(route, '/limits'), body), `Limits of route ${route.name} saved.`);
}

const capitalize = (text) => text[0].toUpperCase() + text.slice(1);

function limits(route) {
  if (!route.limits.length) {
    return emptyState(
      'No limits known',
      route.workers
        ? 'They are learned from response headers or from 429s.'
        : 'They are learned when a worker calls the provider.',
    );
  }
  const columns = [
    'Limit',
    ['Limit per minute', 'number'],
    ['Target rate per minute', 'number'],
    ['Remaining quota', 'number'],
  ];
  return table(
    columns,
    route.limits.map((limit) => limitRow(limit, route)),
  );
}

function limitRow(limit, route) {
  const {limit: name, per_minute: perMinute, remaining} = limit;
  const isOverride = route.limit_overrides[name] && limit.source === 'configured';
  const rate = limit.target_per_minute;
  const ratio = perMinute ? remaining / perMinute : null;
  return h(
    'tr',
    {'data-key': name},
    h(
      'td',
      null,
      capitalize(humanize(name)),
      h('small', {class: 'dim'}, isOverride ? 'manual override' : SOURCES[limit.source]),
    ),
    h('td', {class: 'number'}, compact(perMinute)),
    h(
      'td',
      {class: 'number'},
      isHeld(route)
        ? ['0', h('small', {class: 'dim'}, 'held')]
        : rate === null
          ? 'unlimited'
          : compact(rate),
    ),
    h(
      'td',
      {class: 'number'},
      remaining === null ? '–' : compact(remaining),
      remaining !== null && ratio !== null && meter(ratio, `${Math.round(100 * ratio)} %`),
    ),
  );
}
