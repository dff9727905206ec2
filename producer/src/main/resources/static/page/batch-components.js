// Components that show one batch, and the actions on it.

import {h} from './dom.js';
import {count, duration, humanize, money, percent, plural} from './format.js';
import {badge, button, run} from './components.js';
import {heldText} from './route-status.js';
import {openDialog} from './dialog.js';
import * as api from './api.js';

const MAX_PARTS = 10;
const RUNNING = ['validating', 'in_progress', 'finalizing', 'cancelling'];
const TONES = {
  validating: 'blue',
  in_progress: 'blue',
  finalizing: 'blue',
  cancelling: 'grey',
  paused: 'amber',
  completed: 'green',
  completed_with_failures: 'amber',
  failed: 'red',
  expired: 'amber',
  cancelled: 'grey',
};

export const isUnfinished = (batch) => RUNNING.includes(batch.progress.status);

/** OpenAI's status, except for paused batches and for completed batches with failed tasks. */
export function displayStatus(batch) {
  const {status, paused_at: pausedAt, failed} = batch.progress;
  if (pausedAt && (status === 'in_progress' || status === 'validating')) return 'paused';
  return status === 'completed' && failed > 0 ? 'completed_with_failures' : status;
}

export function statusBadge(batch) {
  const status = displayStatus(batch);
  return badge(humanize(status), TONES[status]);
}

export const batchName = (batch) => batch.progress.name ?? batch.progress.id;

const batchPath = (batch, action, root = '/api') =>
  `${root}/batches/${batch.progress.id}${action}${api.query({
    project: api.project.other(batch.project),
  })}`;

const finishedCount = ({completed, failed, expired, cancelled}) =>
  completed + failed + expired + cancelled;

/** The finished tasks of a batch, by how they finished. */
export function progressBar(batch) {
  const {total, completed, failed, expired, cancelled, in_broker: inBroker} = batch.progress;
  const finished = finishedCount(batch.progress);
  const ratio = (n) => (total ? (100 * n) / total : 0);
  return h(
    'div',
    {
      class: 'progress',
      role: 'progressbar',
      'aria-valuemin': 0,
      'aria-valuemax': total,
      'aria-valuenow': finished,
      'aria-label': `${count(finished)} of ${count(total)} tasks finished`,
    },
    h('i', {class: 'green', 'fill%': ratio(completed)}),
    h('i', {class: 'red', 'fill%': ratio(failed)}),
    h('i', {class: 'grey', 'fill%': ratio(expired + cancelled)}),
    h('i', {class: 'pale', 'fill%': ratio(inBroker)}),
  );
}

export function progressText(batch) {
  const {total, status} = batch.progress;
  if (!total) return isUnfinished(batch) ? humanize(status) : 'no tasks';
  const finished = finishedCount(batch.progress);
  return `${count(finished)} of ${count(total)} · ${percent(finished / total)}`;
}

/** The measured rate of a batch; 0 while no call of it starts. */
export function rateText(batch) {
  if (!isUnfinished(batch)) return '–';
  if (batch.why.kind === 'hold' || displayStatus(batch) === 'paused') return '0 tasks/min';
  return batch.per_minute === null ? 'unknown' : `${count(batch.per_minute)} tasks/min`;
}

/** The estimated time until the batch is finished, or why there is no estimate. */
export function timeLeft(batch, snapshot) {
  if (!isUnfinished(batch)) return '–';
  if (displayStatus(batch) === 'paused') return 'paused';
  if (batch.why.kind === 'hold') {
    return heldText(snapshot?.routes.find(({name}) => name === batch.why.route)?.hold);
  }
  return batch.why.seconds_left === null ? 'unknown' : `about ${duration(batch.why.seconds_left)}`;
}

export function costText(batch) {
  const {spent, expected, note} = batch.cost;
  if (spent === null) {
    const title = 'No price is configured for a model of this batch.';
    return h('span', {class: 'dim', title}, 'no price');
  }
  const isPartial = isUnfinished(batch) && Number(expected) !== Number(spent);
  return h(
    'span',
    null,
    money(spent),
    isPartial && h('span', {class: 'dim'}, ` of about ${money(expected)}`),
    note && h('span', {class: 'dim'}, ` (${note})`),
  );
}

/** One link for each failure code. */
export function failureChips(batch, href) {
  if (!batch.failures.length) return null;
  return h(
    'span',
    {class: 'chips'},
    batch.failures.map(({code, tasks}) =>
      h(
        'a',
        {
          class: 'chip red',
          href: href(code),
          title: `${plural(tasks, 'task')} failed: ${humanize(code)}`,
        },
        `${humanize(code)}: `,
        h('b', null, count(tasks)),
      ),
    ),
  );
}

/** The number of answers that are cut off at their token limit. */
export function cutOffChip(batch) {
  const {cut_off: cutOff} = batch.progress;
  const title = 'Raise the token limit of the requests, and submit these tasks again.';
  if (!cutOff) return null;
  return h('span', {class: 'chip amber', title}, h('b', null, count(cutOff)), ' cut off');
}

/** The long documents of a batch, and their parts. */
export function documentsChip(batch) {
  const {documents} = batch.progress;
  if (!documents) return null;
  const ofDocuments = `${count(documents.finished)} of ${count(documents.total)} documents`;
  const parts = `${count(documents.parts_finished)} of ${count(documents.parts)} parts`;
  const long = `${count(documents.split)} long ${documents.split === 1 ? 'one' : 'ones'}`;
  const title =
    'Documents that are longer than the context length of the model are split into parts. Each ' +
    'part is a task, and so is each request that combines answers.';
  return h('span', {class: 'chip grey', title}, `${ofDocuments} · ${parts} of ${long}`);
}

/** The documents whose answer was made without some parts. */
export function partialChip(batch) {
  const {documents} = batch.progress;
  if (!documents?.partial) return null;
  const title =
    'These answers were made without some parts, which failed. Replay the failed tasks: when ' +
    'a part completes, its document is made again.';
  const number = h('b', null, count(documents.partial));
  return h('span', {class: 'chip amber', title}, number, ' partial');
}

/** Marks the answer of a task that was made without some parts. */
export const partialBadge = (task) =>
  task.state === 'completed' && task.missing?.length ? badge('partial', 'amber') : null;

/** The names of the parts that the answer of a task was made without. */
export function withoutParts({missing}) {
  const more = missing.length - MAX_PARTS;
  const names = missing.slice(0, MAX_PARTS).join(', ');
  return `without ${names}${more > 0 ? ` and ${count(more)} more` : ''}`;
}

/** The number of tasks that were answered with a stored result. */
export function reusedChip(batch) {
  const {reused} = batch.progress;
  const title = 'Answered with the stored results of identical requests, without a call.';
  if (!reused) return null;
  return h('span', {class: 'chip grey', title}, h('b', null, count(reused)), ' reused');
}

/** The number of times that the model was asked again because an answer did not fit the schema. */
export function reAskChip(batch) {
  const {re_asks: reAsks} = batch.progress;
  const title =
    'Answers did not fit the JSON schema of the batch, so the model was asked again.';
  if (!reAsks) return null;
  return h('span', {class: 'chip grey', title}, h('b', null, count(reAsks)), ' re-asked');
}

export function batchActions(batch, render) {
  const {status, output_file_id: output, error_file_id: errors} = batch.progress;
  const isActive = status === 'in_progress' || status === 'validating';
  const isPaused = displayStatus(batch) === 'paused';
  const file = (label, fileId, suffix) =>
    fileId && button(label, () => downloadFile(batch, fileId, suffix), 'quiet');
  return h(
    'div',
    {class: 'actions'},
    isActive && !isPaused && button('Pause', () => post(batch, '/pause', 'paused', render)),
    isPaused && resumeButton(batch, render),
    isActive && button('Cancel', () => cancel(batch, render), 'quiet'),
    file('Results', output, 'results'),
    file('Errors', errors, 'errors'),
  );
}

function resumeButton(batch, render) {
  const {paused_by: pausedBy} = batch.progress;
  if (pausedBy === 'manual' || pausedBy === 'stop_after') {
    return button('Resume', () => post(batch, '/resume', 'resumed', render), 'primary');
  }
  return (
    pausedBy === 'budget' &&
    button('Raise budget', () => openBudgetDialog(batch, render), 'primary')
  );
}

async function post(batch, action, done, render) {
  const path = batchPath(batch, action);
  if (await run(() => api.post(path), `Batch ${batchName(batch)} ${done}.`)) render();
}

async function cancel(batch, render) {
  const name = batchName(batch);
  const isConfirmed = await openDialog({
    title: `Cancel ${name}?`,
    text:
      'Running calls finish; tasks that have not been sent to the provider are cancelled. ' +
      'This cannot be undone. Results so far are kept.',
    action: 'Cancel batch',
    dismiss: 'Keep batch',
    kind: 'danger',
  });
  if (!isConfirmed) return;
  const path = batchPath(batch, '/cancel', '/v1');
  if (await run(() => api.post(path), `Batch ${name}: cancelling.`)) render();
}

const downloadFile = (batch, id, suffix) =>
  run(() =>
    api.download(id, `${batchName(batch)}-${suffix}.jsonl`.replaceAll('/', '-'), batch.project),
  );

export async function openBudgetDialog(batch, render) {
  const values = await openDialog({
    title: `Budget of ${batchName(batch)}`,
    text:
      `Spent so far: ${money(batch.cost.spent)}. When the budget is spent, the batch is paused; ` +
      'no task fails. Raise the budget to resume it.',
    action: 'Save budget',
    fields: [
      {
        name: 'dollars',
        label: 'US dollars',
        type: 'number',
        min: 0,
        step: 'any',
        value: batch.budget ?? '',
        hint: 'Leave empty for no budget.',
      },
    ],
  });
  if (!values) return;
  const dollars = values.dollars === '' ? null : Number(values.dollars);
  if (await run(() => api.put(batchPath(batch, '/budget'), {dollars}), 'Budget saved.')) render();
}
