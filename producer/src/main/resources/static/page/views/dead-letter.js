import {h} from '../dom.js';
import * as api from '../api.js';
import {count, humanize, prettyJson, timeAgo} from '../format.js';
import {callHistory, runName} from '../runs.js';
import {time} from '../times.js';
import {
  badge,
  button,
  emptyState,
  fact,
  linkTo,
  loading,
  payload,
  run,
  table,
  toast,
} from '../components.js';
import {openDialog, operatorField, REASON_FIELD} from '../dialog.js';
import {meaningOf} from '../failure-codes.js';

const TONES = {open: 'red', replayed: 'blue', discarded: 'grey', accepted: 'green'};

let loaded = null;

/** One dead letter: its error, request, call history and audit log. */
export function deadLetter({params: [id], state, render}) {
  if (loaded?.id !== id) load(id, render);
  if (loaded.error) {
    const all = h('a', {href: '#/dead-letters'}, 'All dead letters');
    const node = h(
      'div',
      {'data-key': 'missing'},
      h('h1', null, 'Dead letter'),
      emptyState('Dead letter not found', loaded.error, all),
    );
    return {title: 'Dead letter', node};
  }
  if (!loaded.found) {
    const node = h('div', {'data-key': 'loading'}, h('h1', null, 'Dead letter'), loading());
    return {title: 'Dead letter', node};
  }
  return {title: nameOf(loaded.found), node: details(loaded.found, state.now(), render)};
}

const nameOf = (found) => found.custom_id ?? found.task_id;

function details(found, now, render) {
  return h(
    'div',
    {'data-key': found.id},
    crumbs(found),
    h(
      'div',
      {class: 'title'},
      h('h1', {class: 'long'}, nameOf(found)),
      found.state === 'open' ? actions(found, render) : null,
    ),
    h(
      'p',
      {class: 'subtitle'},
      badge(found.state, TONES[found.state]),
      h(
        'span',
        {class: 'dim'},
        `route ${found.route} · ${runName(found.run).toLowerCase()} · failed `,
        time(found.dead_lettered_at, (seconds) => timeAgo(seconds, now)),
      ),
    ),
    h(
      'section',
      {class: 'panel bad'},
      h('h2', null, humanize(found.failure_code)),
      h('p', {class: 'dim'}, meaningOf(found.failure_code)),
      h('pre', null, prettyJson(found.failure_detail ?? '')),
    ),
    answer(found),
    facts(found),
    callHistory(found.history),
    auditLog(found.audit),
    payload('Request', {text: found.request, bytes: found.request_bytes, truncated: false}),
  );
}

/** The answer that does not fit the schema of the batch. */
const answer = ({answer: text}) =>
  text === null || text === undefined
    ? null
    : h(
        'section',
        null,
        h('h2', null, 'Answer'),
        h('pre', {class: 'panel code', tabindex: '0'}, text ? prettyJson(text) : '(no text)'),
      );

const crumbs = (found) =>
  h(
    'p',
    {class: 'crumbs'},
    h('a', {href: '#/dead-letters'}, 'Dead letters'),
    found.batch_id && [
      ' / ',
      h('a', {href: linkTo('batches', found.batch_id, found.project)}, found.batch_id),
    ],
  );

const facts = (found) =>
  h(
    'dl',
    {class: 'facts'},
    fact('Model', found.model || '–'),
    fact('Attempts', count(found.attempts), h('small', null, 'in this run')),
    fact('429s', count(found.throttles)),
    fact('HTTP status', found.status_code ?? '–'),
    fact('Worker', found.worker ?? '–'),
    fact('Failed', time(found.dead_lettered_at)),
    found.last_rejection && fact('Rejected by a bulk job', found.last_rejection),
    fact('Provider request ID', found.request_id ? h('code', null, found.request_id) : '–'),
    fact(
      'Task',
      h('a', {href: linkTo('tasks', found.task_id, found.project)}, h('code', null, found.task_id)),
    ),
  );

function auditLog(audit) {
  if (!audit.length) return null;
  const rows = audit.map((entry) =>
    h(
      'tr',
      null,
      h('td', {class: 'nowrap'}, time(entry.at)),
      h('td', null, entry.action),
      h('td', null, entry.operator ?? '–'),
      h('td', null, entry.api_key),
      h('td', {class: 'text'}, entry.reason),
      h('td', null, entry.changes ? 'request edited' : '–'),
    ),
  );
  const columns = ['Time', 'Action', 'Operator', 'API key', 'Reason', 'Changes'];
  return h('section', null, h('h2', null, 'Audit log'), table(columns, rows));
}

function actions(found, render) {
  return h(
    'div',
    {class: 'actions'},
    button('Replay', () => openReplay(found, render), 'primary'),
    button('Edit and replay', () => openEdit(found, render)),
    isAcceptable(found) && button('Accept answer', () => openAccept(found, render)),
    button('Discard', () => openDiscard(found, render), 'quiet'),
  );
}

const isAcceptable = (found) =>
  found.failure_code === 'invalid_output' && found.batch_id && typeof found.answer === 'string';

async function openAccept(found, render) {
  const values = await openDialog({
    title: `Accept the answer of ${nameOf(found)}?`,
    text:
      'The task completes with this answer, although it does not fit the schema. ' +
      'Its line in the results is marked as accepted.',
    action: 'Accept answer',
    fields: [REASON_FIELD, operatorField()],
  });
  if (values) await post(found, 'accept', audit(values), 'Answer accepted.', render);
}

async function openReplay(found, render) {
  const values = await openDialog({
    title: `Replay ${nameOf(found)}?`,
    text:
      'The task keeps its ID and starts again at attempt 1. ' +
      'Its result becomes part of the results of its batch.',
    action: 'Replay',
    fields: [REASON_FIELD, operatorField()],
  });
  if (values) await post(found, 'replay', audit(values), 'Task replayed.', render);
}

async function openEdit(found, render) {
  const values = await openDialog({
    title: `Edit ${nameOf(found)}`,
    text: 'Sends this request to the provider instead of the failed one.',
    action: 'Replay with edits',
    wide: true,
    fields: [
      {name: 'request', label: 'Request', rows: 16, value: prettyJson(found.request)},
      REASON_FIELD,
      operatorField(),
    ],
  });
  if (!values) return;
  const request = parseJson(values.request);
  if (!request) return;
  await post(found, 'replay', {...audit(values), request}, 'Task replayed with edits.', render);
}

async function openDiscard(found, render) {
  const values = await openDialog({
    title: `Discard ${nameOf(found)}?`,
    text: 'Marks the dead letter as discarded. Its task remains failed.',
    action: 'Discard',
    kind: 'danger',
    fields: [REASON_FIELD, operatorField()],
  });
  if (values) await post(found, 'discard', audit(values), 'Dead letter discarded.', render);
}

const audit = ({reason, operator}) => ({reason, operator: operator || undefined});

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch (failure) {
    toast(`The request is not valid JSON: ${failure.message}`, 'red');
    return null;
  }
}

async function post(found, action, body, success, render) {
  const path = `/api/dead-letters/${encodeURIComponent(found.id)}/${action}`;
  if (await run(() => api.post(path, body), success)) load(found.id, render);
}

async function load(id, render) {
  const current = {id, found: loaded?.id === id ? loaded.found : null};
  loaded = current;
  try {
    current.found = await api.get(`/api/dead-letters/${encodeURIComponent(id)}`);
  } catch (failure) {
    current.error = failure.message;
  }
  render();
}
