// Failed tasks as the batches know them: for a producer that has no desk.

import {h} from '../dom.js';
import * as api from '../api.js';
import {ago, count, plural, words} from '../format.js';
import {badge, button, empty, message} from '../parts.js';

export const MEANS = {
  invalid_request: 'The provider refused the request as wrong.',
  context_length_exceeded: 'The prompt is longer than the model’s window.',
  content_filtered: 'The provider’s content filter refused the prompt.',
  request_too_large: 'The request is larger than the provider ever takes.',
  reply_too_large: 'The reply is larger than a message may be.',
  attempts_exhausted: 'Every attempt met a 5xx, a timeout or a broken connection.',
  malformed_task: 'The message was no task.',
  delivery_limit: 'The broker gave it up: workers took it and never settled it.',
};

let groups = null;
let looked = null;
let seen = -1;

export function failures({state, search, again}) {
  const filter = {route: search.get('route') ?? '', code: search.get('code') ?? '', text: search.get('text') ?? ''};
  const failed = (state.snapshot?.batches ?? []).reduce((sum, line) => sum + line.progress.failed, 0);
  const asked = JSON.stringify(filter);
  if (state.snapshot && failed !== seen) { seen = failed; loadGroups(again); }
  if (looked?.asked !== asked) load(filter, asked, again);
  const chosen = filter.code || filter.route || filter.text;
  return {title: 'Dead letters', node: h('div', {'data-key': 'dead'},
    h('div', {class: 'title'}, h('h1', null, 'Dead letters'), button('Look again', () => { seen = -1; looked = null; again(); }, 'quiet')),
    groups === null ? h('p', {class: 'dim'}, 'Looking…')
      : groups.length ? [kinds(filter, state.now()), list(filter, chosen, state.now(), again)]
        : empty('No dead letters', 'What cannot succeed comes here, with its request and the provider’s error.'))};
}

const at = (filter, changed) => `#/dead${api.query({...filter, ...changed})}`;

function kinds(filter, now) {
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, [['Tasks', 'number'], ['Why'], ['Route'], ['Batches', 'number'], ['The newest']].map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
    h('tbody', null, groups.map((group) => {
      const on = filter.code === group.code && filter.route === group.route;
      return h('tr', {'data-key': `${group.route} ${group.code}`, class: on ? 'on' : ''},
        h('td', {class: 'number'}, h('b', null, count(group.tasks))),
        h('td', null, h('a', {class: 'name', href: at(filter, on ? {code: '', route: ''} : {code: group.code, route: group.route}), 'aria-current': on ? 'true' : null}, words(group.code)), h('small', null, MEANS[group.code] ?? '')),
        h('td', null, group.route), h('td', {class: 'number'}, count(group.batches)), h('td', {class: 'dim nowrap'}, ago(group.newest, now)));
    }))));
}

function list(filter, chosen, now, again) {
  return h('section', {'aria-labelledby': 'd-tasks'}, h('h2', {id: 'd-tasks'}, 'Tasks', chosen ? [' ', h('a', {class: 'link', href: '#/dead'}, 'show all')] : null),
    h('form', {class: 'filters', role: 'search', onsubmit: (event) => { event.preventDefault(); location.hash = at(filter, {text: new FormData(event.target).get('text')}); }},
      filter.code ? badge(words(filter.code), 'red') : null, filter.route ? badge(filter.route) : null,
      h('label', {class: 'field grow'}, h('span', null, 'Custom id or error'), h('input', {name: 'text', type: 'search', placeholder: 'a part of it, then Enter', value: filter.text}))),
    !looked?.list ? h('p', {class: 'dim'}, looked?.failure ?? 'Looking…')
      : looked.list.length ? h('ul', {class: 'rows'}, looked.list.map((one) => row(one, now)))
        : empty('None of them is so', 'Take another group, or a shorter text.'),
    looked?.more ? button('More', () => load(filter, looked.asked, again, looked.list)) : null);
}

function row({task, batch_id: batch, batch_name: name}, now) {
  return h('li', {class: 'row', 'data-key': task.id},
    h('div', {class: 'row-head'}, h('a', {class: 'name', href: `#/tasks/${task.id}`}, task.custom_id), badge(words(task.failure_code ?? 'unknown'), 'red'),
      task.status_code ? badge(`HTTP ${task.status_code}`) : null, h('span', {class: 'right dim nowrap'}, ago(task.finished_at, now))),
    h('p', {class: 'detail-text'}, message(task.failure_detail)),
    h('p', {class: 'sub dim'}, h('a', {class: 'long', href: `#/batches/${batch}`}, name ?? batch), ` · ${task.route} · ${task.model} · ${plural(task.attempts, 'attempt')}`));
}

async function loadGroups(again) {
  try {
    groups = await api.get('/api/failures');
  } catch {
    groups ??= [];
  }
  again();
}

async function load(filter, asked, again, before = []) {
  looked = {asked, list: before.length ? before : null, more: false};
  const mine = looked;
  try {
    const page = await api.get(`/api/failures/tasks${api.query({...filter, after: before.at(-1)?.task.id ?? '', limit: 50})}`);
    mine.list = [...before, ...page.data];
    mine.more = page.has_more;
  } catch (failure) {
    mine.failure = failure.message;
  }
  again();
}
