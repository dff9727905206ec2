// Live calls by step: which part of whose program calls how often, and waits how long.

import {h} from '../dom.js';
import * as api from '../api.js';
import {count, millis, plural} from '../format.js';
import {empty} from '../parts.js';

const EVERY = 1500;
const COLUMNS = ['Step', 'Route', 'Calls', 'In hand', 'Failed', '429s absorbed', 'Waited on average', 'The longest'];

let seen = null;
let failure = null;
let askedAt = 0;

export function live({again}) {
  if (Date.now() - askedAt > EVERY) look(again);
  return {title: 'Live calls', node: h('div', {'data-key': 'live'}, h('h1', null, 'Live calls'),
    h('p', {class: 'lead'}, 'Calls whose callers wait, by the step of the program that makes them, since this producer’s start. The busiest step is the first.'),
    failure ? h('p', {class: 'warning', role: 'alert'}, failure) : null,
    seen === null ? h('p', {class: 'dim'}, 'Looking…')
      : seen.steps.length ? [waiting(), steps()]
        : empty('No live call yet', 'Point the base_url of an OpenAI client at this address, ending in /v1.'))};
}

async function look(again) {
  askedAt = Date.now();
  try {
    seen = await api.get('/api/live');
    failure = null;
  } catch (refused) {
    failure = refused.message;
  }
  again();
}

function waiting() {
  const some = seen.routes.filter((route) => route.waiting);
  if (!some.length) return h('p', {class: 'dim'}, 'Nobody waits for a worker.');
  return h('p', null, 'For a worker wait ', some.map((route, i) => [i ? ', ' : '', plural(route.waiting, 'caller'), ' on ', h('b', null, route.route)]), '.');
}

function steps() {
  const several = new Set(seen.steps.map((step) => step.project)).size > 1;
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, COLUMNS.map((name, i) => h('th', {class: i > 1 ? 'number' : '', scope: 'col'}, name)))),
    h('tbody', null, seen.steps.map((step) => h('tr', {'data-key': `${step.project} ${step.route} ${step.step}`},
      h('td', null, h('b', null, step.step), several ? h('small', {class: 'dim'}, step.project) : null), h('td', null, step.route),
      [step.calls, step.in_hand, step.failed, step.absorbed].map((n) => h('td', {class: 'number'}, count(n))),
      [step.wait_ms, step.longest_wait_ms].map((ms) => h('td', {class: 'number'}, millis(ms))))))));
}
