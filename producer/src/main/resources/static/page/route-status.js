// What limits a route now, in words.

import {h} from './dom.js';
import {compact, duration, humanize, plural} from './format.js';
import {badge} from './components.js';
import {shortTime, time, withLocalTimes} from './times.js';

const HOLD_NAMES = {
  manual: 'manual hold',
  rate_limit: 'rate limit',
  quota: 'quota used up',
  api_key: 'API key rejected',
  model_not_found: 'model not found',
  breaker: 'circuit breaker open',
};

export const holdName = (hold) => HOLD_NAMES[hold.kind] ?? humanize(hold.kind);

function holdTitle(hold) {
  if (hold.partial) return `partly held: ${holdName(hold)}`;
  return hold.kind === 'manual' ? holdName(hold) : `held: ${holdName(hold)}`;
}

/** The cause of a hold; the operator's reason for a manual one. */
export const holdReason = (hold) =>
  hold.kind === 'manual' ? `manual hold, ${hold.reason || 'no reason given'}` : holdName(hold);

/** A rate limit ends by itself, and a partial hold affects single batches or callers. */
export const holdTone = (hold) => (hold.kind === 'rate_limit' || hold.partial ? 'amber' : 'red');

export function routeBadge(route) {
  if (route.hold) return badge(holdTitle(route.hold), holdTone(route.hold));
  return route.workers === 0 ? badge('no workers', 'red') : badge('available', 'green');
}

/** Whether no call of any batch or caller starts on the route. */
export const isHeld = (route) => Boolean(route.hold && !route.hold.partial);

/** When a hold ends, or when the next probe is due. */
export function holdEnd(hold, now) {
  if (hold.probing) return 'A probe is in progress; the hold ends if it succeeds.';
  if (!hold.until) {
    if (!hold.since) return 'Until it is released.';
    return ['Since ', time(Date.parse(hold.since) / 1000, shortTime), ', until it is released.'];
  }
  const until = Date.parse(hold.until) / 1000;
  const left = duration(Math.max(0, until - now));
  return endsAtItsTime(hold)
    ? ['Until ', time(until, shortTime), `, in ${left}.`]
    : `Next probe in ${left}.`;
}

const endsAtItsTime = (hold) => !hold.ends_by_probe;

/** The estimate of a batch that waits for a held route. */
export function heldText(hold) {
  if (hold?.until && endsAtItsTime(hold)) {
    return ['held until ', time(Date.parse(hold.until) / 1000, shortTime)];
  }
  if (hold?.since) return ['held since ', time(Date.parse(hold.since) / 1000, shortTime)];
  return 'held';
}

export const pendingTasks = (route) => (route.queued ?? 0) + (route.in_broker ?? 0);

export const unfinishedTasks = (route) => plural(pendingTasks(route), 'unfinished task');

/** "Limited by requests/min: 1,140 unfinished tasks, 401 tasks/min, about 3 min left", or what else
 *  applies. */
export function routeStatus(route, now) {
  if (isHeld(route)) {
    return [
      strong(`Held: ${holdReason(route.hold)}. `),
      holdEnd(route.hold, now),
      ` ${unfinishedTasks(route)}.`,
    ];
  }
  if (route.workers === 0 && pendingTasks(route) > 0) {
    return [strong('No workers connected'), `: ${unfinishedTasks(route)}`];
  }
  if (isHoldText(route.waits_for)) {
    return ['Waits for: ', strong(withLocalTimes(route.waits_for)), `; ${unfinishedTasks(route)}`];
  }
  const limited = limitingFactor(route.waits_for);
  if (limited) return ['Limited by ', strong(limited), `: ${backlog(route)}`];
  if (route.in_broker > 0 && !route.running) return `${unfinishedTasks(route)}, no call running`;
  if (route.in_broker > route.running) return `${unfinishedTasks(route)}, rate not known yet`;
  if (route.in_broker > 0) return `${unfinishedTasks(route)}, below the rate limit`;
  return route.queued > 0 ? `${plural(route.queued, 'task')} queued in paused batches` : 'Idle';
}

/** Whether a `waits_for` names a hold. */
const isHoldText = (waitsFor) => /^(hold|manual hold|circuit breaker open)\b/.test(waitsFor ?? '');

/** What limits the route or worker, from its `waits_for`; null if nothing does. */
export function limitingFactor(waitsFor) {
  if (!waitsFor) return null;
  if (isHoldText(waitsFor)) return withLocalTimes(waitsFor);
  if (waitsFor.endsWith(' per minute')) return waitsFor.replace(' per minute', '/min');
  return waitsFor.replace(/^(concurrency|slow start): (.*)$/, '$1 ($2)');
}

const strong = (text) => h('b', null, text);

function backlog(route) {
  const perMinute = tasksPerMinute(route);
  if (!perMinute) return unfinishedTasks(route);
  const left = duration((60 * pendingTasks(route)) / perMinute);
  return `${unfinishedTasks(route)}, ${compact(perMinute)} tasks/min, about ${left} left`;
}

/** Tasks per minute at the target rate of the limit that binds. */
function tasksPerMinute(route) {
  if (route.waits_for.startsWith('slow start')) return null;
  const name = route.waits_for.replace(' per minute', '').replace(' ', '_');
  const limit = route.limits.find((one) => one.limit === name);
  const rate = limit?.target_per_minute ?? limit?.per_minute;
  const cost = {
    requests: 1,
    tokens: route.tokens_per_call,
    input_tokens: route.input_tokens_per_call,
    output_tokens: route.output_tokens_per_call,
  }[name];
  if (rate && cost) return Math.round(rate / cost);
  const slots = maxCalls(route);
  return route.avg_latency_ms ? Math.round((slots * 60_000) / route.avg_latency_ms) : null;
}

export const maxCalls = (route) =>
  Math.min(route.workers * route.concurrency, route.fleet_concurrency ?? Infinity);
