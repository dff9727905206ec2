// The runs of a task. A replay starts the next run, and so does queuing a lost task again.

import {h} from './dom.js';
import {count, humanize, millis, plural} from './format.js';
import {table} from './components.js';
import {time} from './times.js';

/** The maximum number of calls that are stored for each run. */
const MAX_CALLS = 20;

export const runName = (run) => `Run ${run}`;

/** The sum of a number over all runs of a task; the current run counts once it has finished. */
const sumOfRuns = ({task, earlier_runs: earlier}, name) =>
  earlier.reduce((sum, run) => sum + run[name], task.finished_at ? task[name] : 0);

/** The latest provider calls of one run, oldest first. */
function callTable(history) {
  const hasMembers = history.some((call) => call.member);
  const columns = [
    'Started',
    'Worker',
    ...(hasMembers ? ['Member'] : []),
    ['HTTP status', 'number'],
    'Result',
    ['Retry-After', 'number'],
  ];
  const rows = history.map((call) =>
    h(
      'tr',
      null,
      h('td', {class: 'nowrap'}, time(Date.parse(call.at) / 1000)),
      h('td', null, call.worker),
      hasMembers && h('td', null, call.member ?? '–'),
      h('td', {class: 'number'}, call.status ?? '–'),
      h('td', null, humanize(call.code)),
      h('td', {class: 'number'}, millis(call.retry_after_ms)),
    ),
  );
  return [
    table(columns, rows),
    history.length >= MAX_CALLS &&
      h('p', {class: 'dim'}, `Only the last ${MAX_CALLS} calls of a run are stored.`),
  ];
}

/** The calls of a run that failed. */
export const callHistory = (history) =>
  history?.length ? h('section', null, h('h2', null, 'Call history'), callTable(history)) : null;

/** The calls of all runs of a task, the first run first. */
export function runHistory(view) {
  const {run: current, history, task} = view;
  if (current === 1) return callHistory(history);
  const runs = Array.from({length: current - 1}, (_, i) => earlierRun(view, i + 1));
  const state = task.failure_code ? `failed with ${humanize(task.failure_code)}` : task.state;
  return h(
    'section',
    null,
    h('h2', null, 'Call history'),
    runs,
    runSection(
      current,
      task.finished_at ? `${state}, ${plural(task.attempts, 'attempt')}` : state,
      history.length
        ? callTable(history)
        : task.finished_at
          ? 'No call was made.'
          : 'The calls of a run are stored when it finishes.',
    ),
  );
}

function earlierRun({earlier_runs: earlier}, run) {
  const found = earlier.find((one) => one.run === run);
  if (!found) {
    return runSection(
      run,
      null,
      'The calls of this run are not stored: its dead letter was deleted, its task was lost ' +
        'and queued again, or its answer was made again with more parts.',
    );
  }
  return runSection(
    run,
    [
      `failed with ${humanize(found.failure_code)}, ${plural(found.attempts, 'attempt')}, `,
      h('a', {href: `#/dead-letters/${found.dead_letter_id}`}, 'dead letter'),
    ],
    found.history.length ? callTable(found.history) : 'No call was made.',
  );
}

const runSection = (run, summary, content) =>
  h(
    'section',
    {class: 'run', 'data-key': `run ${run}`},
    h('h3', null, runName(run), summary && h('small', {class: 'dim'}, ' · ', summary)),
    typeof content === 'string' ? h('p', {class: 'dim'}, content) : content,
  );

/** The sum of a number over all runs; a dash before the first run has finished. */
export const sumText = (view, name) =>
  view.task.finished_at || view.run > 1 ? count(sumOfRuns(view, name)) : '–';

export const attemptsText = (view) => [
  sumText(view, 'attempts'),
  view.run > 1 &&
    h(
      'small',
      null,
      view.task.finished_at
        ? `${count(view.task.attempts)} in the last run`
        : 'without the current run',
    ),
];
