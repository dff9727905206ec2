import {h} from '../dom.js';
import * as api from '../api.js';
import {
  compact,
  count,
  humanize,
  millis,
  money,
  plural,
  throttledText,
  timeAgo,
} from '../format.js';
import {time, withLocalTimes} from '../times.js';
import {
  badge,
  button,
  countOrDash,
  deadLettersLink,
  emptyState,
  errorMessage,
  fact,
  linkTo,
  loading,
  projectBadge,
  table,
  taskStateBadge,
} from '../components.js';
import {
  batchActions,
  batchName,
  costText,
  cutOffChip,
  documentsChip,
  failureChips,
  isUnfinished,
  openBudgetDialog,
  partialBadge,
  partialChip,
  progressBar,
  progressText,
  reusedChip,
  reAskChip,
  rateText,
  statusBadge,
  timeLeft,
  withoutParts,
} from '../batch-components.js';
import {samplePath, storedSample} from '../samples.js';
import {bulkJobBanner, openBulkDialog} from '../bulk-jobs.js';

const PAGE_SIZE = 50;
const STATES = ['blocked', 'queued', 'in_broker', 'completed', 'failed', 'expired', 'cancelled'];

let taskPage = null;
let openDeadLetters = null;
// A batch that is not among the latest ones of the snapshot.
let summary = null;

export function batch({state, params: [id], search, render}) {
  const value = (name) => search.get(name) ?? '';
  const filter = {
    project: value('project'),
    state: value('state'),
    code: value('code'),
    text: value('text'),
  };
  const shown =
    state.snapshot?.batches.find(({progress}) => progress.id === id) ??
    (summary?.id === id ? summary.batch : null);
  // The list of tasks is reloaded when the batch changes its status.
  const request = JSON.stringify([id, filter, shown?.progress.status]);
  if (taskPage?.request !== request) loadTasks(id, filter, request, render);
  if (!shown) {
    if (state.snapshot && summary?.id !== id) loadSummary(id, filter.project, render);
    return {title: 'Batch', node: missing(id)};
  }
  const key = countKey(shown, state.snapshot);
  if (shown.progress.failed && openDeadLetters?.key !== key) {
    loadOpenDeadLetters(id, key, render);
  }
  return {title: batchName(shown), node: details(shown, filter, state, render)};
}

const missing = (id) =>
  h(
    'div',
    {'data-key': 'missing'},
    h('h1', null, 'Batch'),
    summary?.id === id && summary.error
      ? emptyState('Batch not found', summary.error, h('a', {href: '#/batches'}, 'All batches'))
      : loading(),
  );

function details(batch, filter, state, render) {
  const {id, errors} = batch.progress;
  return h(
    'div',
    {'data-key': id},
    h('p', {class: 'crumbs'}, h('a', {href: '#/batches'}, 'Batches')),
    h(
      'div',
      {class: 'title'},
      h('h1', {class: 'long'}, batchName(batch)),
      batchActions(batch, render),
    ),
    h(
      'p',
      {class: 'subtitle'},
      statusBadge(batch),
      h('code', null, id),
      projectBadge(batch.project),
    ),
    bulkJobBanner(render, id),
    storedSample(id) && sampleBanner(storedSample(id)),
    failures(batch, render),
    h(
      'div',
      {class: 'panel'},
      progressBar(batch),
      h(
        'p',
        {class: 'counts'},
        h('b', null, progressText(batch)),
        legend(batch),
        documentsChip(batch),
        partialChip(batch),
        cutOffChip(batch),
        reusedChip(batch),
        reAskChip(batch),
      ),
      isUnfinished(batch) && h('p', {class: 'reason big'}, withLocalTimes(batch.why.sentence)),
    ),
    errors.length ? validationErrors(errors) : null,
    facts(batch, state, render),
    h(
      'section',
      {'aria-labelledby': 'batch-tasks'},
      h('h2', {id: 'batch-tasks'}, 'Tasks'),
      filters(id, filter, batch, render),
      tasks(id, filter, batch, render),
    ),
  );
}

const sampleBanner = ({batch, size, total}) =>
  h(
    'p',
    {class: 'banner amber'},
    `This batch is a sample of ${count(size)} of ${plural(total, 'document')}. `,
    h('a', {href: samplePath(batch)}, 'Start or discard the other documents'),
  );

/** The failed tasks, their dead letters, and the way to replay them. */
function failures(batch, render) {
  const {id, failed, status} = batch.progress;
  if (!failed) return null;
  const open = openDeadLetters?.id === id ? openDeadLetters.count : null;
  const isReplayable = open > 0 && status !== 'cancelled' && status !== 'cancelling';
  const replay = () =>
    openBulkDialog({action: 'replay', filter: {batch: id}, onFinished: refresh(render), render});
  return h(
    'section',
    {class: 'banner amber failures', 'aria-label': 'Failures'},
    h(
      'div',
      null,
      h('b', null, `${plural(failed, 'task')} failed`),
      open === null ? '. ' : `, ${plural(open, 'open dead letter')}. `,
      failureChips(batch, (code) => linkTo('batches', id, batch.project, {code})),
    ),
    h(
      'div',
      {class: 'actions'},
      h('a', {class: 'button', href: deadLettersLink({batch: id})}, 'View dead letters'),
      isReplayable && button('Replay failed tasks', replay, 'primary'),
    ),
  );
}

const refresh = (render) => () => {
  openDeadLetters = null;
  taskPage = {...taskPage, request: null};
  render();
};

function legend(batch) {
  const {completed, failed, expired, cancelled, in_broker: inBroker, queued, blocked} =
    batch.progress;
  return [
    ['completed', completed, 'green'],
    ['failed', failed, 'red'],
    ['expired', expired, 'grey'],
    ['cancelled', cancelled, 'grey'],
    ['in broker', inBroker, 'pale'],
    ['queued', queued, 'none'],
    ['blocked, wait for other tasks', blocked, 'none'],
  ]
    .filter(([, n]) => n > 0)
    .map(([name, n, tone]) =>
      h('span', {class: 'legend'}, h('i', {class: tone}), `${count(n)} ${name}`),
    );
}

function facts(batch, {snapshot, now}, render) {
  const {progress, cost, budget} = batch;
  const editBudget = h(
    'button',
    {type: 'button', class: 'link', onclick: () => openBudgetDialog(batch, render)},
    budget === null ? 'set' : 'change',
  );
  const prices = cost.as_of && !cost.note ? h('small', null, `prices as of ${cost.as_of}`) : null;
  const estimate = cost.max === null ? '–' : `${money(cost.min)} to ${money(cost.max)}`;
  return h(
    'dl',
    {class: 'facts'},
    fact('Model', batch.model ?? (progress.total ? 'several' : '–')),
    fact('Endpoint', h('code', null, progress.endpoint)),
    fact('Rate', rateText(batch)),
    fact('Time left', timeLeft(batch, snapshot)),
    fact('Cost', costText(batch), prices),
    fact('Cost estimate', estimate),
    fact('Budget', budget === null ? 'none' : money(budget), ' ', editBudget),
    fact(
      'Tokens',
      `${compact(progress.prompt_tokens)} in, ${compact(progress.completion_tokens)} out`,
    ),
    fact(
      'Attempts',
      count(progress.attempts),
      h('small', null, `${throttledText(progress.throttles)}, not counted`),
    ),
    fact('Priority', progress.priority),
    progress.tier && fact('Service tier', progress.tier),
    fact(
      'Created',
      time(progress.created_at),
      h('small', null, timeAgo(progress.created_at, now())),
    ),
    fact('Deadline', time(batch.expires_at)),
  );
}

const validationErrors = (errors) =>
  h(
    'section',
    null,
    h('h2', null, 'Validation errors'),
    table(
      [['Line', 'number'], 'Error', 'Code'],
      errors.map(({line, message, code}) =>
        h(
          'tr',
          null,
          h('td', {class: 'number'}, line ?? '–'),
          h('td', {class: 'text'}, message),
          h('td', null, h('code', null, code)),
        ),
      ),
    ),
  );

function filters(id, filter, batch, render) {
  const apply = (changes) => {
    location.hash = `#/batches/${id}${api.query({...filter, ...changes})}`;
  };
  const select = (label, chosen, options, onchange) =>
    h(
      'label',
      {class: 'field'},
      h('span', null, label),
      h(
        'select',
        {onchange: (event) => onchange(event.target.value)},
        options.map(([value, name]) => h('option', {value, selected: value === chosen}, name)),
      ),
    );
  const onsubmit = (event) => {
    event.preventDefault();
    apply({text: new FormData(event.target).get('text')});
  };
  const states = STATES.map((name) => [name, humanize(name)]);
  const codes = batch.failures.map(({code, tasks: n}) => [code, `${humanize(code)} (${count(n)})`]);
  return h(
    'form',
    {class: 'filters', role: 'search', onsubmit},
    select('State', filter.code ? 'failed' : filter.state, [['', 'All'], ...states], (name) =>
      apply({state: name, code: ''}),
    ),
    select('Failure code', filter.code, [['', 'All'], ...codes], (code) =>
      apply({code, state: ''}),
    ),
    h(
      'label',
      {class: 'field grow'},
      h('span', null, 'Custom ID'),
      h('input', {
        name: 'text',
        type: 'search',
        placeholder: 'contains …',
        value: filter.text,
      }),
    ),
    button('Refresh', refresh(render), 'quiet'),
  );
}

function tasks(id, filter, batch, render) {
  if (taskPage?.error) return h('p', {class: 'error', role: 'alert'}, taskPage.error);
  if (!taskPage?.tasks) return loading();
  if (!taskPage.tasks.length) {
    return emptyState(
      'No tasks',
      noTasksText(batch.progress),
    );
  }
  const columns = [
    ['Line', 'number'],
    'Custom ID',
    'State',
    'Result',
    ['Attempts', 'number'],
    ['429s', 'number'],
    ['Tokens', 'number'],
    ['Latency', 'number'],
  ];
  const more = () => loadTasks(id, filter, taskPage.request, render, taskPage.tasks);
  return h(
    'div',
    null,
    table(
      columns,
      taskPage.tasks.map((task) => taskRow(task, filter.project)),
      {class: 'tasks'},
    ),
    taskPage.hasMore && button('Load more', more),
  );
}

function noTasksText({total, errors}) {
  if (total) return 'No task of this batch matches the filter.';
  return errors.length
    ? 'The validation failed, so the batch has no tasks.'
    : 'The tasks appear when the input file has been validated.';
}

function taskRow(task, project) {
  const tokens = task.prompt_tokens + task.completion_tokens;
  const number = (text) => h('td', {class: 'number'}, text);
  return h(
    'tr',
    {'data-key': task.id},
    h('td', {class: 'number dim'}, count(task.line)),
    h('td', {class: 'name'}, h('a', {href: linkTo('tasks', task.id, project)}, task.custom_id)),
    h(
      'td',
      null,
      taskStateBadge(task.state),
      partialBadge(task),
      task.cut_off && badge('cut off', 'amber'),
    ),
    h('td', {class: 'detail'}, taskResult(task)),
    number(task.finished_at ? count(task.attempts) : '–'),
    number(countOrDash(task.throttles)),
    number(countOrDash(tokens)),
    number(task.latency_ms ? millis(task.latency_ms) : '–'),
  );
}

function taskResult(task) {
  if (!task.failure_code) {
    if (partialBadge(task)) return withoutParts(task);
    return h('span', {class: 'dim'}, task.status_code ? `HTTP ${task.status_code}` : '–');
  }
  return [
    (task.state === 'failed' || partialBadge(task)) &&
      h('a', {href: deadLettersLink({task: task.id})}, 'Dead letter'),
    ' ',
    h('code', null, humanize(task.failure_code)),
    ' ',
    h('span', {class: 'dim'}, errorMessage(task.failure_detail)),
  ];
}

async function loadTasks(id, filter, request, render, previous = []) {
  // A refresh keeps the old rows until the new ones are there.
  const shown = taskPage?.request === null ? taskPage.tasks : null;
  const page = {request, tasks: previous.length ? previous : shown, hasMore: false};
  taskPage = page;
  const after = previous.at(-1)?.line ?? '';
  const query = api.query({...filter, after, limit: PAGE_SIZE});
  try {
    const list = await api.get(`/api/batches/${encodeURIComponent(id)}/tasks${query}`);
    page.tasks = [...previous, ...list.data];
    page.hasMore = list.has_more;
  } catch (failure) {
    page.error = failure.message;
  }
  render();
}

async function loadSummary(id, project, render) {
  const request = {id};
  summary = request;
  try {
    request.batch = await api.get(
      `/api/batches/${encodeURIComponent(id)}/summary${api.query({project})}`,
    );
  } catch (failure) {
    request.error = failure.message;
  }
  render();
}

/** The dead letter of a failed task is stored separately, perhaps after the failure. */
const countKey = ({progress: {id, failed, completed}}, snapshot) =>
  `${id} ${failed} ${completed} ${snapshot?.dead_letters}`;

async function loadOpenDeadLetters(id, key, render) {
  const previous = openDeadLetters?.id === id ? openDeadLetters.count : null;
  const request = {key, id, count: previous};
  openDeadLetters = request;
  const stats = await api.get(`/api/dead-letters/stats${api.query({batch: id})}`).catch(() => null);
  if (stats) request.count = stats.total;
  render();
}
