import {h} from '../dom.js';
import * as api from '../api.js';
import {ago, count, millis, moment, money, short, span, words} from '../format.js';
import {askBudget, batchActions, button, costText, empty, fact, failureChips, message, nameOf, progressBar, progressText, projectBadge, stateBadge, statusBadge, statusOf, to} from '../parts.js';

const PAGE = 50;
let looked = null;
let own = null;
let ownId = null;

export function batch({state, params: [id], search, again}) {
  const project = search.get('project') ?? '';
  const filter = {project, state: search.get('state') ?? '', code: search.get('code') ?? '', text: search.get('text') ?? ''};
  const line = state.snapshot?.batches.find((one) => one.progress.id === id) ?? (own?.progress?.id === id ? own : null);
  const asked = JSON.stringify([id, filter, line?.progress.status]); // its tasks come, and end, with its status
  if (looked?.asked !== asked) load(id, filter, asked, again);
  if (!line) {
    if (ownId !== id && state.snapshot) {
      ownId = id;
      own = null;
      api.get(`/api/batches/${encodeURIComponent(id)}/line${api.query({project})}`).then((found) => { own = found; again(); }, (failure) => { own = {failure}; again(); });
    }
    return {title: 'Batch', node: h('div', {'data-key': 'none'}, h('h1', null, 'Batch'), own?.failure ? empty('There is no such batch', own.failure.message, h('a', {href: '#/batches'}, 'All batches')) : h('p', {class: 'dim'}, 'Looking…'))};
  }
  return {title: nameOf(line), node: h('div', {'data-key': id},
    h('p', {class: 'crumbs'}, h('a', {href: '#/batches'}, 'Batches')),
    h('div', {class: 'title'}, h('h1', {class: 'long'}, nameOf(line)), batchActions(line, again)),
    h('p', {class: 'sub'}, statusBadge(statusOf(line)), h('code', null, id), projectBadge(line)),
    h('div', {class: 'panel'}, progressBar(line),
      h('p', {class: 'counts'}, h('b', null, progressText(line)), legend(line)),
      h('p', {class: 'why big'}, line.why.sentence)),
    line.progress.errors.length ? inputErrors(line.progress.errors) : null,
    facts(line, state.now(), again),
    line.failures.length ? h('section', {'aria-labelledby': 'b-failed'}, h('h2', {id: 'b-failed'}, 'Failures by code'),
      failureChips(line, (code) => to('batches', id, line.project, {code}))) : null,
    h('section', {'aria-labelledby': 'b-tasks'}, h('h2', {id: 'b-tasks'}, 'Tasks'), filters(id, filter, line, again), tasks(id, filter, line, again)))};
}

const legend = (line) => {
  const p = line.progress;
  return [['completed', p.completed, 'green'], ['failed', p.failed, 'red'], ['expired', p.expired, 'grey'], ['cancelled', p.cancelled, 'grey'],
    ['with broker or worker', p.in_broker, 'pale'], ['queued', p.queued, 'none']].filter(([, n]) => n > 0)
    .map(([name, n, tone]) => h('span', {class: 'legend'}, h('i', {class: tone}), `${count(n)} ${name}`));
};

function facts(line, now, again) {
  const p = line.progress;
  return h('dl', {class: 'facts'},
    fact('Model', line.model ?? 'several'), fact('Endpoint', h('code', null, p.endpoint)),
    fact('Rate', line.per_minute === null ? '–' : `${count(line.per_minute)} a minute`), fact('Left', span(line.why.seconds)),
    fact('Cost', costText(line), line.cost.as_of && !line.cost.note ? h('small', null, `prices of ${line.cost.as_of}`) : null),
    fact('Estimated before', line.cost.most === null ? '–' : `${money(line.cost.least)} to ${money(line.cost.most)}`),
    fact('Budget', line.budget === null ? 'none' : money(line.budget), ' ', h('button', {type: 'button', class: 'link', onclick: () => askBudget(line, again)}, line.budget === null ? 'set one' : 'change')),
    fact('Tokens', `${short(p.prompt_tokens)} in, ${short(p.completion_tokens)} out`),
    fact('Attempts', count(p.attempts), h('small', null, `${count(p.throttles)} × 429, which cost none`)),
    fact('Priority', p.priority), fact('Created', moment(p.created_at), h('small', null, ago(p.created_at, now))),
    fact('Its window ends', moment(line.expires_at)));
}

const inputErrors = (errors) => h('section', null, h('h2', null, 'What is wrong with its file'),
  h('div', {class: 'scroll'}, h('table', null, h('thead', null, h('tr', null, h('th', {class: 'number'}, 'Line'), h('th', null, 'Error'), h('th', null, 'Code'))),
    h('tbody', null, errors.map((e) => h('tr', null, h('td', {class: 'number'}, e.line ?? '–'), h('td', null, e.message), h('td', null, h('code', null, e.code))))))));

function filters(id, filter, line) {
  const go = (changed) => { location.hash = `#/batches/${id}${api.query({...filter, ...changed})}`; };
  const option = (value, name, chosen) => h('option', {value, selected: value === chosen}, name);
  return h('form', {class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); go({text: new FormData(event.target).get('text')}); }},
    h('label', {class: 'field'}, h('span', null, 'State'), h('select', {onchange: (event) => go({state: event.target.value, code: ''})},
      [['', 'all'], ['queued', 'queued'], ['submitted', 'in the broker'], ['completed', 'completed'], ['failed', 'failed'], ['expired', 'expired'], ['cancelled', 'cancelled']].map(([v, n]) => option(v, n, filter.code ? 'failed' : filter.state)))),
    h('label', {class: 'field'}, h('span', null, 'Failure code'), h('select', {onchange: (event) => go({code: event.target.value, state: ''})},
      option('', 'any', filter.code), line.failures.map((f) => option(f.code, `${words(f.code)} (${f.tasks})`, filter.code)))),
    h('label', {class: 'field grow'}, h('span', null, 'Custom id'), h('input', {name: 'text', type: 'search', placeholder: 'a part of it, then Enter', value: filter.text})),
    button('Look again', () => { looked = null; go({}); window.dispatchEvent(new HashChangeEvent('hashchange')); }, 'quiet'));
}

function tasks(id, filter, line, again) {
  if (!looked?.list) return h('p', {class: 'dim'}, looked?.failure ?? 'Looking…');
  if (!looked.list.length) return empty('No such task', line.progress.total ? 'None of its tasks is so now.' : 'Its tasks are there when its file has been read.');
  return h('div', null, h('div', {class: 'scroll'}, h('table', {class: 'tasks'},
    h('thead', null, h('tr', null, [['Line', 'number'], ['Custom id'], ['State'], ['What came'], ['Attempts', 'number'], ['429s', 'number'], ['Tokens', 'number'], ['Took', 'number']].map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
    h('tbody', null, looked.list.map((task) => h('tr', {'data-key': task.id},
      h('td', {class: 'number dim'}, count(task.line)), h('td', {class: 'name'}, h('a', {href: to('tasks', task.id, filter.project)}, task.custom_id)), h('td', null, stateBadge(task.state)),
      h('td', {class: 'detail'}, task.failure_code ? [h('code', null, task.failure_code), ' ', h('span', {class: 'dim'}, message(task.failure_detail))] : task.status_code ? h('span', {class: 'dim'}, `HTTP ${task.status_code}`) : h('span', {class: 'dim'}, '–')),
      h('td', {class: 'number'}, task.finished_at ? count(task.attempts) : '–'), h('td', {class: 'number'}, task.throttles ? count(task.throttles) : '–'),
      h('td', {class: 'number'}, task.prompt_tokens + task.completion_tokens ? count(task.prompt_tokens + task.completion_tokens) : '–'),
      h('td', {class: 'number'}, task.latency_ms ? millis(task.latency_ms) : '–')))))),
  looked.more ? button('More', () => load(id, filter, looked.asked, again, looked.list)) : null);
}

async function load(id, filter, asked, again, before = []) {
  looked = {asked, list: before.length ? before : null, more: false};
  const mine = looked;
  try {
    const after = before.length ? before.at(-1).line : '';
    const page = await api.get(`/api/batches/${encodeURIComponent(id)}/tasks${api.query({...filter, after, limit: PAGE})}`);
    mine.list = [...before, ...page.data];
    mine.more = page.has_more;
  } catch (failure) {
    mine.failure = failure.message;
  }
  again();
}
