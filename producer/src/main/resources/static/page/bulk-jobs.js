// Replays or discards many dead letters with a job of the server, and shows its progress.

import {h} from './dom.js';
import * as api from './api.js';
import {count, plural} from './format.js';
import {run} from './components.js';
import {openDialog, operatorField, REASON_FIELD} from './dialog.js';

const PATH = '/api/dead-letters/jobs';
const POLL_MS = 1000;
const ACTIONS = {
  replay: {
    verb: 'Replay',
    past: 'replayed',
    kind: 'primary',
    text:
      'The tasks are sent again, oldest first. Their results become part of their batches. ' +
      'Check one of them first: an unchanged request usually fails the same way.',
  },
  discard: {
    verb: 'Discard',
    past: 'discarded',
    kind: 'danger',
    text: 'Marks the dead letters as discarded. Their tasks remain failed.',
  },
};
const REPLAY_FIELDS = [
  {name: 'per_second', label: 'Tasks per second', type: 'number', min: 1, max: 200, value: 20},
  {name: 'model', label: 'Model', placeholder: 'unchanged', hint: 'Replaces the requested model.'},
];

let job = null;
// The batch that the filter of the job names, or the task that it replays.
let jobSubject = null;

/**
 * Asks for a reason, then starts a job for the given ids, or for all that match the filter.
 * `subject` is the task that the ids are of.
 */
export async function openBulkDialog({action, filter, ids, subject, onFinished, render}) {
  const {verb, kind, text} = ACTIONS[action];
  const selection = ids ? {ids} : {filter};
  const matched = ids ? ids.length : await countMatches(action, filter);
  if (matched === null) return;
  const values = await openDialog({
    title: `${verb} ${plural(matched, 'dead letter')}?`,
    text,
    action: `${verb} ${count(matched)}`,
    kind,
    fields: [REASON_FIELD, operatorField(), ...(action === 'replay' ? REPLAY_FIELDS : [])],
  });
  if (!values) return;
  const body = {
    action,
    ...selection,
    reason: values.reason,
    operator: values.operator || undefined,
    limit: Math.max(1, matched),
    per_second: values.per_second ? Number(values.per_second) : undefined,
    model: values.model || undefined,
  };
  job = await run(() => api.post(PATH, body));
  jobSubject = subject ?? filter?.batch;
  await follow(render);
  onFinished();
}

async function countMatches(action, filter) {
  const body = {action, filter, dry_run: true, reason: 'count before the action'};
  const trial = await run(() => api.post(PATH, body));
  return trial && trial.matched;
}

async function follow(render) {
  while (job?.state === 'running') {
    render();
    await new Promise((resume) => setTimeout(resume, POLL_MS));
    job = await api.get(`${PATH}/${encodeURIComponent(job.id)}`).catch(() => job);
  }
}

/** The progress of the latest job; of one batch or task only if it is named. */
export function bulkJobBanner(render, subject) {
  if (!job || (subject && subject !== jobSubject)) return null;
  const {verb, past} = ACTIONS[job.action];
  const isRunning = job.state === 'running';
  const rejected = job.rejected ? `, ${count(job.rejected)} rejected (${job.last_rejection})` : '';
  const total = Math.min(job.matched, job.limit);
  const stop = () => run(() => api.post(`${PATH}/${encodeURIComponent(job.id)}/stop`));
  const dismiss = () => {
    job = null;
    render();
  };
  return h(
    'p',
    {class: `banner ${isRunning || rejected ? 'amber' : 'green'} bulk-job`, role: 'status'},
    h('b', null, `${verb} ${isRunning ? 'running' : job.state}: `),
    `${count(job.succeeded)} of ${count(total)} ${past}${rejected}. `,
    h(
      'button',
      {type: 'button', class: 'link', onclick: isRunning ? stop : dismiss},
      isRunning ? 'Stop' : 'Dismiss',
    ),
  );
}
