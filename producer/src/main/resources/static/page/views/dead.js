// The desk: dead letters in groups, one by one, mended, sent again or discarded.

import {h} from '../dom.js';
import * as api from '../api.js';
import {ago, count, moment, plural, pretty, words} from '../format.js';
import {ask, attempt, badge, body, button, calls, empty, fact, message, to} from '../parts.js';

const STATES = ['dead', 'replayed', 'discarded'];
const TONES = {dead: 'red', replayed: 'blue', discarded: 'grey'};
const MEANS = {
  invalid_request: 'The provider refused the request as wrong.',
  context_length_exceeded: 'The prompt is longer than the model’s window.',
  content_filtered: 'The provider’s content filter refused the prompt.',
  request_too_large: 'The request is larger than the provider ever takes.',
  reply_too_large: 'The reply is larger than a message may be.',
  attempts_exhausted: 'Every attempt met a 5xx, a timeout or a broken connection.',
  deadline_exceeded: 'A replay ran out of its time.',
  malformed_task: 'The message was no task.',
  delivery_limit: 'The broker gave it up: workers took it and never settled it.',
};
const WHY = {name: 'why', label: 'Why', placeholder: 'a sentence for those who come after', maxlength: 500, required: true};

let stats = null;
let seen = -1;
let looked = null;
let letter = null;
let job = null;

export function deadLetters(context) {
  const {params: [id]} = context;
  return id ? one(id, context) : all(context);
}

function all({state, search, again}) {
  const filter = Object.fromEntries(['state', 'route', 'code', 'batch', 'text'].map((name) => [name, search.get(name) ?? '']));
  const failed = (state.snapshot?.batches ?? []).reduce((sum, line) => sum + line.progress.failed, 0);
  const asked = JSON.stringify(filter);
  if (failed !== seen) { seen = failed; loadStats(filter.state, again); }
  if (looked?.asked !== asked) { load(filter, asked, again); loadStats(filter.state, again); }
  const reload = () => { looked = null; seen = -1; again(); };
  return {title: 'Dead letters', node: h('div', {'data-key': 'desk'},
    h('div', {class: 'title'}, h('h1', null, 'Dead letters'), states(filter), button('Look again', reload, 'quiet')),
    job ? progress(again) : null,
    stats === null ? h('p', {class: 'dim'}, 'Looking…')
      : stats.groups.length ? [groups(filter, state.now()), letters(filter, state.now(), again, reload)]
        : empty(`No ${filter.state || 'dead'} letters`, filter.state ? 'Nothing is so.' : 'What cannot succeed comes here, with its request and the provider’s error.'))};
}

const at = (filter, changed) => `#/dead${api.query({...filter, ...changed})}`;

const states = (filter) => h('nav', {class: 'switch', 'aria-label': 'State'}, STATES.map((name) =>
  h('a', {href: at({}, {state: name === 'dead' ? '' : name}), 'aria-current': (filter.state || 'dead') === name ? 'page' : null}, name)));

function groups(filter, now) {
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, [['Letters', 'number'], ['Why'], ['Route'], ['Batches', 'number'], ['The newest']].map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
    h('tbody', null, stats.groups.map((group) => {
      const on = filter.code === group.failure_code && filter.route === group.route;
      return h('tr', {'data-key': `${group.route} ${group.failure_code}`, class: on ? 'on' : ''},
        h('td', {class: 'number'}, h('b', null, count(group.count))),
        h('td', {class: 'roomy'}, h('a', {class: 'name', href: at(filter, on ? {code: '', route: ''} : {code: group.failure_code, route: group.route}), 'aria-current': on ? 'true' : null}, words(group.failure_code)), h('small', null, MEANS[group.failure_code] ?? '')),
        h('td', null, group.route), h('td', {class: 'number'}, count(group.batches)), h('td', {class: 'dim nowrap'}, ago(group.latest, now)));
    }))));
}

function letters(filter, now, again, reload) {
  const dead = !filter.state || filter.state === 'dead';
  return h('section', {'aria-labelledby': 'd-letters'},
    h('div', {class: 'title'}, h('h2', {id: 'd-letters'}, 'Letters', filter.code || filter.route || filter.text || filter.batch ? [' ', h('a', {class: 'link', href: at({}, {state: filter.state})}, 'show all')] : null),
      dead && looked?.list?.length ? h('div', {class: 'actions'}, button('Replay all of these', () => many('replay', filter, again, reload), 'primary'), button('Discard all of these', () => many('discard', filter, again, reload), 'quiet')) : null),
    h('form', {class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); location.hash = at(filter, {text: new FormData(event.target).get('text')}); }},
      filter.code ? badge(words(filter.code), 'red') : null, filter.route ? badge(filter.route) : null, filter.batch ? badge(filter.batch) : null,
      h('label', {class: 'field grow'}, h('span', null, 'A part of the error'), h('input', {name: 'text', type: 'search', placeholder: 'then Enter', value: filter.text}))),
    !looked?.list ? h('p', {class: 'dim'}, looked?.failure ?? 'Looking…')
      : looked.list.length ? h('ul', {class: 'rows'}, looked.list.map((one) => row(one, now)))
        : empty('None of them is so', 'Take another group, or a shorter text.'),
    looked?.more ? button('More', () => load(filter, looked.asked, again, looked.list)) : null);
}

const row = (found, now) => h('li', {class: 'row', 'data-key': found.id},
  h('div', {class: 'row-head'}, h('a', {class: 'name', href: `#/dead/${found.id}`}, found.custom_id ?? found.task_id), badge(words(found.failure_code), TONES[found.state]),
    found.status_code ? badge(`HTTP ${found.status_code}`) : null, found.run > 1 ? badge(`run ${found.run}`) : null, h('span', {class: 'right dim nowrap'}, ago(found.died_at, now))),
  h('p', {class: 'detail-text'}, message(found.failure)),
  h('p', {class: 'sub dim'}, found.batch_id ? h('a', {class: 'long', href: to('batches', found.batch_id, found.project)}, found.batch_id) : 'no batch', ` · ${found.route} · ${found.model ?? '–'} · ${plural(found.attempts, 'attempt')}`));

function one(id, {state, again}) {
  if (letter?.id !== id) loadLetter(id, again);
  if (letter.failure) return {title: 'Dead letter', node: h('div', {'data-key': 'none'}, h('h1', null, 'Dead letter'), empty('There is no such letter', letter.failure, h('a', {href: '#/dead'}, 'All letters')))};
  const found = letter.found;
  if (!found) return {title: 'Dead letter', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Dead letter'), h('p', {class: 'dim'}, 'Looking…'))};
  const name = found.custom_id ?? found.task_id;
  return {title: name, node: h('div', {'data-key': id},
    h('p', {class: 'crumbs'}, h('a', {href: '#/dead'}, 'Dead letters'), found.batch_id ? [' / ', h('a', {href: to('batches', found.batch_id, found.project)}, found.batch_id)] : null),
    h('div', {class: 'title'}, h('h1', {class: 'long'}, name), found.state === 'dead' ? acts(found, again) : null),
    h('p', {class: 'sub'}, badge(found.state, TONES[found.state]), h('span', {class: 'dim'}, `run ${found.run} · route ${found.route} · died ${ago(found.died_at, state.now())}`)),
    h('section', {class: 'panel bad'}, h('h2', null, words(found.failure_code)), h('pre', null, pretty(found.failure_detail ?? ''))),
    h('dl', {class: 'facts'}, fact('Model', found.model ?? '–'), fact('Attempts', count(found.attempts)), fact('429s that it met', count(found.throttles)), fact('HTTP status', found.status_code ?? '–'),
      fact('Worker', found.worker ?? '–'), fact('Died', moment(found.died_at)), found.last_refusal ? fact('Why a job left it', found.last_refusal) : null, fact('Provider’s request id', found.request_id ? h('code', null, found.request_id) : '–'), fact('Task', h('a', {href: to('tasks', found.task_id, found.project)}, h('code', null, found.task_id)))),
    calls(found.history),
    found.acts.length ? h('section', null, h('h2', null, 'What was done about it'), h('ul', {class: 'rows'}, found.acts.map((act) => h('li', {class: 'row'}, h('b', null, act.act), ` by ${act.by ?? act.who}, ${moment(act.at)}`, h('p', {class: 'why'}, act.why), act.changed ? h('p', {class: 'dim'}, 'The request was changed.') : null)))) : null,
    body('Request', {text: found.request, bytes: found.request_bytes, cut: false}))};
}

function acts(found, again) {
  const path = `/api/dead/${encodeURIComponent(found.id)}`;
  const done = (text) => (answer) => { letter = null; looked = null; seen = -1; again(); return answer && text; };
  return h('div', {class: 'actions'},
    button('Replay', async () => {
      const values = await ask({title: `Send ${found.custom_id ?? found.task_id} again?`, text: 'It keeps its id, starts at attempt 1, and its result lands in its batch.', action: 'Replay it', fields: [WHY]});
      if (values) await attempt(() => api.post(`${path}/replay`, {why: values.why}), done('It is on its way again.'));
    }, 'primary'),
    button('Mend and replay', async () => {
      const values = await ask({title: `Mend ${found.custom_id ?? found.task_id}`, text: 'The provider gets this request in place of the one that failed.', action: 'Replay it so', wide: true,
        fields: [{name: 'request', label: 'Request', rows: 16, value: pretty(found.request)}, WHY]});
      if (!values) return;
      const request = parsed(values.request);
      if (request) await attempt(() => api.post(`${path}/replay`, {why: values.why, request}), done('It is on its way again, mended.'));
    }),
    button('Discard', async () => {
      const values = await ask({title: `Discard ${found.custom_id ?? found.task_id}?`, text: 'Nothing more is done about it. Its task stays failed.', action: 'Discard it', kind: 'danger', fields: [WHY]});
      if (values) await attempt(() => api.post(`${path}/discard`, {why: values.why}), done('It is discarded.'));
    }, 'quiet'));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (wrong) {
    attempt(async () => { throw new Error(`That is no JSON: ${wrong.message}`); });
    return null;
  }
}

/** Says how many it would be before it is done. */
async function many(act, filter, again, reload) {
  const asked = Object.fromEntries(Object.entries(filter).filter(([name, value]) => value && name !== 'state'));
  const trial = await attempt(() => api.post('/api/dead/jobs', {act, filter: asked, dry_run: true, why: 'looked how many it would be'}));
  if (!trial) return;
  const values = await ask({title: `${act === 'replay' ? 'Replay' : 'Discard'} ${plural(trial.matched, 'letter')}?`, action: act === 'replay' ? 'Replay them' : 'Discard them', kind: act === 'replay' ? 'primary' : 'danger',
    text: act === 'replay' ? 'Look at one of them first: the same request fails the same way. They go out at the pace below, the oldest first.' : 'Nothing more is done about them. Their tasks stay failed.',
    fields: [WHY, act === 'replay' && {name: 'per_second', label: 'So many a second', type: 'number', min: 1, value: 20}, act === 'replay' && {name: 'model', label: 'With another model', placeholder: 'as they were'}].filter(Boolean)});
  if (!values) return;
  const wanted = {act, filter: asked, why: values.why, most: Math.max(1, trial.matched)};
  if (values.per_second) wanted.per_second = Number(values.per_second);
  if (values.model) wanted.model = values.model;
  job = await attempt(() => api.post('/api/dead/jobs', wanted), 'It has begun.');
  follow(again, reload);
}

async function follow(again, reload) {
  while (job?.state === 'running') {
    again();
    await new Promise((later) => setTimeout(later, 1000));
    job = await api.get(`/api/dead/jobs/${encodeURIComponent(job.id)}`).catch(() => job);
  }
  reload();
}

const progress = (again) => h('p', {class: 'banner amber', role: 'status'}, h('b', null, `${job.act}: `), `${count(job.done)} of ${count(job.matched)} done`, job.refused ? `, ${count(job.refused)} refused (${job.last_refusal})` : '', `, ${job.state}. `,
  job.state === 'running' ? h('button', {type: 'button', class: 'link', onclick: () => attempt(() => api.post(`/api/dead/jobs/${encodeURIComponent(job.id)}/stop`))}, 'stop')
    : h('button', {type: 'button', class: 'link', onclick: () => { job = null; again(); }}, 'close'));

async function loadStats(state, again) {
  try {
    stats = await api.get(`/api/dead/stats${api.query({state})}`);
  } catch {
    stats ??= {groups: []};
  }
  again();
}

async function load(filter, asked, again, before = []) {
  looked = {asked, list: before.length ? before : null, more: false};
  const mine = looked;
  try {
    const page = await api.get(`/api/dead${api.query({...filter, after: before.at(-1)?.id ?? '', limit: 50})}`);
    mine.list = [...before, ...page.data];
    mine.more = page.has_more;
  } catch (failure) {
    mine.failure = failure.message;
  }
  again();
}

async function loadLetter(id, again) {
  letter = {id};
  const mine = letter;
  try {
    mine.found = await api.get(`/api/dead/${encodeURIComponent(id)}`);
  } catch (failure) {
    mine.failure = failure.message;
  }
  again();
}
