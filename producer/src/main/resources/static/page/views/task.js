import {h} from '../dom.js';
import * as api from '../api.js';
import {count, humanize, millis, prettyJson} from '../format.js';
import {attemptsText, runHistory, runName, sumText} from '../runs.js';
import {time, withLocalTimes} from '../times.js';
import {bulkJobBanner, openBulkDialog} from '../bulk-jobs.js';
import {
  badge,
  button,
  emptyState,
  fact,
  linkTo,
  loading,
  payload,
  taskStateBadge,
} from '../components.js';
import {partialBadge, withoutParts} from '../batch-components.js';

const DEAD_LETTER_STATES = ['open', 'replayed', 'discarded', 'accepted'];

let loaded = null;

export function task({params: [id], search, render}) {
  const project = search.get('project') ?? '';
  if (loaded?.id !== id) load(id, project, render);
  if (loaded.error) {
    const node = h(
      'div',
      {'data-key': 'missing'},
      h('h1', null, 'Task'),
      emptyState('Task not found', loaded.error, h('a', {href: '#/batches'}, 'All batches')),
    );
    return {title: 'Task', node};
  }
  if (!loaded.view) {
    const node = h('div', {'data-key': 'loading'}, h('h1', null, 'Task'), loading());
    return {title: 'Task', node};
  }
  const title = loaded.view.task.custom_id;
  return {title, node: details(loaded, project, render)};
}

function details({id, view, deadLetter}, project, render) {
  const {task, why} = view;
  const reload = () => load(id, project, render);
  const refresh = button('Refresh', reload, 'quiet');
  const batchHref = linkTo('batches', view.batch_id, project);
  return h(
    'div',
    {'data-key': id},
    h(
      'p',
      {class: 'crumbs'},
      h('a', {href: '#/batches'}, 'Batches'),
      ' / ',
      h('a', {href: batchHref}, view.batch_id),
    ),
    h('div', {class: 'title'}, h('h1', {class: 'long'}, task.custom_id), refresh),
    h(
      'p',
      {class: 'subtitle'},
      taskStateBadge(task.state),
      partialBadge(task),
      task.cut_off && badge('cut off', 'amber'),
      task.checked_answers > 1 && badge(`${task.checked_answers} answers checked`, 'amber'),
      view.run > 1 && badge(runName(view.run), 'blue'),
      h('span', {class: 'dim'}, `line ${count(task.line)} · route ${task.route}`),
    ),
    bulkJobBanner(render, id),
    why.kind !== 'finished' && h('p', {class: 'panel reason big'}, withLocalTimes(why.sentence)),
    partialBadge(task) && partial(task, batchHref),
    task.failure_code && failure(view, deadLetter, reload, render),
    facts(task, view),
    runHistory(view),
    h(
      'div',
      {class: 'columns'},
      payload('Request', view.request),
      view.reply ? payload('Response', view.reply) : null,
    ),
  );
}

const partial = (task, batchHref) =>
  h(
    'p',
    {class: 'banner amber'},
    h('b', null, 'Partial answer, '),
    `${withoutParts(task)}. When a failed part is replayed and completes, this answer is made `,
    'again. ',
    h('a', {href: batchHref}, 'Open batch'),
  );

const failure = ({task, failure_detail: detail}, deadLetter, reload, render) =>
  h(
    'section',
    {class: 'panel bad'},
    h(
      'div',
      {class: 'title'},
      h('h2', null, partialBadge(task) && 'Not made again: ', humanize(task.failure_code)),
      deadLetter && deadLetterActions(task.id, deadLetter, reload, render),
    ),
    h('pre', null, prettyJson(detail ?? '')),
  );

function deadLetterActions(task, {id, state}, reload, render) {
  const replay = () =>
    openBulkDialog({action: 'replay', ids: [id], subject: task, onFinished: reload, render});
  return h(
    'div',
    {class: 'actions'},
    h(
      'a',
      {class: 'button', href: `#/dead-letters/${id}`},
      `View dead letter${state === 'open' ? '' : ` (${state})`}`,
    ),
    state === 'open' && button('Replay task', replay, 'primary'),
  );
}

const tokens = (task) =>
  task.finished_at
    ? `${count(task.prompt_tokens)} in, ${count(task.completion_tokens)} out`
    : '–';

const facts = (task, view) =>
  h(
    'dl',
    {class: 'facts'},
    fact('Model', task.model),
    fact('Attempts', attemptsText(view)),
    fact('429s', sumText(view, 'throttles')),
    fact('HTTP status', task.status_code ?? '–'),
    fact('Latency of the last call', millis(task.latency_ms)),
    fact('Tokens', tokens(task)),
    fact('Finished', time(task.finished_at)),
    fact('Worker', view.worker ?? '–'),
    fact('Provider request ID', view.request_id ? h('code', null, view.request_id) : '–'),
    fact('Task ID', h('code', null, task.id)),
  );

async function load(id, project, render) {
  const current = {...(loaded?.id === id ? loaded : {}), id};
  loaded = current;
  try {
    current.view = await api.get(`/api/tasks/${encodeURIComponent(id)}${api.query({project})}`);
    const {task: found} = current.view;
    current.deadLetter = found.failure_code ? await findDeadLetter(found.id) : null;
  } catch (failed) {
    current.error = failed.message;
  }
  render();
}

/** The dead letter of a task that has failed, open ones first; null if there is none. */
async function findDeadLetter(task) {
  for (const state of DEAD_LETTER_STATES) {
    const query = api.query({task, state, limit: 1});
    const list = await api.get(`/api/dead-letters${query}`).catch(() => null);
    if (list?.data.length) return list.data[0];
  }
  return null;
}
