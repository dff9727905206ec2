import {h} from '../dom.js';
import * as api from '../api.js';
import {throughput} from '../chart.js';
import {clock, count, millis, short, span, words} from '../format.js';
import {ask, attempt, badge, button, empty, fact, waits} from '../parts.js';

const SOURCES = {set: 'the settings', told: 'told by the provider', probed: 'found by its refusals', none: 'not known'};
const PERSON = ['quota', 'key', 'model_gone', 'breaker'];

export function routes({state}) {
  const now = state.snapshot;
  if (!now) return {title: 'Routes', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Routes'), h('p', {class: 'dim'}, 'Listening…'))};
  return {title: 'Routes', node: h('div', {'data-key': 'routes'}, h('h1', null, 'Routes'),
    h('p', {class: 'lead'}, 'A route is one provider endpoint, its key, and the models that share its limits.'),
    now.routes.map((route) => card(state, route, Date.parse(now.at))))};
}

function card(state, route, now) {
  return h('article', {class: 'panel route', 'data-key': route.name, 'aria-label': `Route ${route.name}`},
    h('header', {class: 'panel-head'}, h('h2', null, route.name), h('span', {class: 'dim'}, route.provider), hold(route), actions(route)),
    route.hold ? banner(route.hold, now) : null,
    h('div', {class: 'route-body'},
      h('div', null, throughput(route.name, state.history[route.name] ?? [], state.now()),
        h('p', {class: 'why'}, route.waits_for ? waits(route) : h('span', {class: 'dim'}, 'Nothing waits here.'))),
      h('div', null, limits(route))),
    h('dl', {class: 'facts'},
      fact('Models', route.models.join(', ')), fact('Workers', count(route.workers)), fact('Running calls', `${count(route.running)} of ${count(mostCalls(route))}`),
      fact('Waiting for a permit', count(route.waiting)), fact('Queued', count(route.queued)), fact('In the broker', count(route.in_broker)),
      fact('A call takes', millis(route.call_ms)), fact('Tokens a call', count(route.tokens_per_call)),
      fact('Calls', count(route.calls_ended), h('small', null, `${count(route.throttled)} × 429`)), fact('Limits are kept in', keptIn(route.kept_in))));
}

const mostCalls = (route) => Math.min(route.workers * route.concurrency, route.fleet_concurrency ?? Infinity);

const keptIn = (place) => ({worker: 'the one worker', redis: 'Redis', divided: 'each worker, its part'})[place] ?? '–';

const hold = (route) => (route.hold ? badge(`held: ${words(route.hold.kind)}`, route.hold.kind === 'rate_limit' ? 'amber' : 'red') : route.workers ? badge('open', 'green') : badge('no worker', 'red'));

function banner(held, now) {
  const until = held.until ? Date.parse(held.until) : null;
  const left = until ? Math.max(0, (until - now) / 1000) : null;
  const end = held.probing ? 'A probe is out: if it is well, the route opens.'
    : until === null ? 'Until somebody releases it.'
      : held.kind === 'by_hand' || held.kind === 'rate_limit' ? `Until ${clock(new Date(until))}, in ${span(left)}.` : `The next probe goes out in ${span(left)}.`;
  return h('p', {class: `banner ${held.kind === 'rate_limit' ? 'amber' : 'red'}`}, h('b', null, held.kind === 'by_hand' ? 'Held by hand' : held.reason), held.kind === 'by_hand' ? `: ${held.reason}. ` : '. ', end);
}

function actions(route) {
  const name = encodeURIComponent(route.name);
  const buttons = [];
  if (route.hold?.kind === 'by_hand') {
    buttons.push(button('Release', () => attempt(() => api.post(`/api/routes/${name}/release`), `${route.name} goes on.`), 'primary'));
  } else {
    if (route.hold && PERSON.includes(route.hold.kind)) buttons.push(button('Try now', () => attempt(() => api.post(`/api/routes/${name}/release`), `${route.name} is tried again.`), 'primary'));
    buttons.push(button('Hold', async () => {
      const values = await ask({title: `Hold ${route.name}`, action: 'Hold the route', text: 'No new call goes out, on no worker. What runs comes to its end; tasks wait and lose no attempt.',
        fields: [{name: 'reason', label: 'Why', placeholder: 'what others should know', maxlength: 200}, {name: 'minutes', label: 'For how many minutes', type: 'number', min: 1, hint: 'Empty for until somebody releases it.'}]});
      if (values) await attempt(() => api.post(`/api/routes/${name}/hold`, {reason: values.reason, minutes: values.minutes === '' ? null : Number(values.minutes)}), `${route.name} is held.`);
    }));
  }
  buttons.push(button('Change limits', async () => {
    const given = route.limits_by_hand;
    const values = await ask({title: `Limits of ${route.name}`, action: 'Set them', text: 'They count at once, for all workers, in place of the settings, and stay over restarts. What the provider tells is still kept where it is less. Empty for what the settings say.',
      fields: ['requests', 'tokens', 'input_tokens', 'output_tokens'].map((what) => ({name: what, label: `${words(what)} a minute`, type: 'number', min: 1, value: given[what] ?? ''}))});
    if (!values) return;
    const body = Object.fromEntries(Object.entries(values).map(([what, value]) => [`${what}_per_minute`, value === '' ? null : Number(value)]));
    await attempt(() => api.put(`/api/routes/${name}/limits`, body), `The limits of ${route.name} are set.`);
  }, 'quiet'));
  return h('div', {class: 'actions'}, buttons);
}

function limits(route) {
  if (!route.limits.length) return empty('No limit is known', route.workers ? 'The first replies, or refusals, tell.' : 'A worker has to ask the provider first.');
  return h('div', {class: 'scroll'}, h('table', null, h('thead', null, h('tr', null, ['Limit', 'Allowed', 'Going', 'Left'].map((name, i) => h('th', {class: i ? 'number' : '', scope: 'col'}, name)))),
    h('tbody', null, route.limits.map((limit) => h('tr', {'data-key': limit.what},
      h('td', null, `${words(limit.what)} a minute`, h('small', {class: 'dim'}, route.limits_by_hand[limit.what] && limit.source === 'set' ? 'set by hand' : SOURCES[limit.source] ?? limit.source)),
      h('td', {class: 'number'}, short(limit.per_minute)), h('td', {class: 'number'}, limit.pace_per_minute === null ? 'free' : short(limit.pace_per_minute)),
      h('td', {class: 'number'}, limit.left === null ? '–' : [short(limit.left), limit.per_minute ? h('span', {class: 'left', role: 'img', 'aria-label': `${Math.round((100 * limit.left) / limit.per_minute)} %`}, h('i', {'width%': Math.min(100, (100 * limit.left) / limit.per_minute)})) : null]))))));
}

