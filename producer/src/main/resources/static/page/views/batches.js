import {h} from '../dom.js';
import * as api from '../api.js';
import {plural, timeAgo} from '../format.js';
import {term} from '../definitions.js';
import {time, withLocalTimes} from '../times.js';
import {
  badge,
  button,
  deadLettersLink,
  emptyState,
  linkTo,
  loading,
  projectBadge,
} from '../components.js';
import {
  batchActions,
  batchName,
  costText,
  cutOffChip,
  displayStatus,
  failureChips,
  isUnfinished,
  progressBar,
  progressText,
  rateText,
  statusBadge,
  timeLeft,
} from '../batch-components.js';

const DEFAULT_PRIORITY = 10;
const PAGE_SIZE = 50;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// The snapshot has the latest batches only. Older ones, and those that a search finds, are loaded
// on request.
let older = null;
let knownProjects = null;

export function batches({state, search, render}) {
  const snapshot = state.snapshot;
  if (!snapshot) {
    const node = h(
      'div',
      {'data-key': 'loading'},
      h('h1', null, 'Batches'),
      loading('Connecting…'),
    );
    return {title: 'Batches', node};
  }
  const filter = {text: search.get('text') ?? '', project: search.get('project') ?? ''};
  select(filter, render);
  if (snapshot.project === null && knownProjects === null) loadProjects(render);
  const {all, shown} = matching(snapshot, filter);
  return {
    title: 'Batches',
    node: h(
      'div',
      {'data-key': 'batches'},
      h('div', {class: 'title'}, h('h1', null, 'Batches'), newBatchLink()),
      filters(filter, all),
      older.error && h('p', {class: 'error', role: 'alert'}, older.error),
      older.isLoading && !shown.length ? loading() : list(filter, shown, state, render),
      hasMore(snapshot) && button('Load older batches', () => loadOlder(filter, shown, render)),
    ),
  };
}

/** The known batches, newest first, and those of them that the filter matches. */
function matching(snapshot, {text, project}) {
  const latest = new Map(snapshot.batches.map((batch) => [batch.progress.id, batch]));
  const all = text
    ? older.batches.map((batch) => latest.get(batch.progress.id) ?? batch)
    : [...latest.values(), ...older.batches.filter(({progress}) => !latest.has(progress.id))];
  return {all, shown: all.filter((batch) => !project || batch.project === project)};
}

const hasMore = (snapshot) =>
  older.hasMore && (older.isSearch ? !older.isLoading : snapshot.batches.length >= PAGE_SIZE);

function list({text, project}, shown, state, render) {
  if (shown.length) {
    return h(
      'ul',
      {class: 'rows'},
      shown.map((batch) => row(batch, text, state, render)),
    );
  }
  if (text || project) {
    const all = h('a', {class: 'button', href: '#/batches'}, 'All batches');
    return emptyState('No batches found', 'No batch matches the search.', all);
  }
  return emptyState(
    'No batches',
    'Submit a batch file in the format of OpenAI’s Batch API, or documents and a prompt.',
    newBatchLink(),
  );
}

const newBatchLink = () => h('a', {class: 'button primary', href: '#/new-batch'}, 'New batch');

/** Forgets what was loaded for another filter, and starts a search. */
function select(filter, render) {
  const request = JSON.stringify(filter);
  if (older?.request === request) return;
  const isSearch = filter.text !== '';
  older = {request, isSearch, batches: [], hasMore: true, isLoading: false};
  if (isSearch) loadOlder(filter, [], render);
}

async function loadOlder({text, project}, shown, render) {
  const current = older;
  current.isLoading = true;
  const after = shown.at(-1)?.progress.id;
  const path = `/api/batches${api.query({text, after, project, limit: PAGE_SIZE})}`;
  try {
    const page = await api.get(path);
    current.batches = [...current.batches, ...page.data];
    current.hasMore = page.has_more;
    current.error = null;
  } catch (failure) {
    current.error = failure.message;
  }
  current.isLoading = false;
  render();
}

function filters({text, project}, all) {
  const apply = (changes) => {
    location.hash = `#/batches${api.query({text, project, ...changes})}`;
  };
  const onsubmit = (event) => {
    event.preventDefault();
    apply({text: new FormData(event.target).get('text').trim()});
  };
  return h(
    'form',
    {class: 'filters', role: 'search', onsubmit},
    h(
      'label',
      {class: 'field grow', 'data-key': 'search'},
      h('span', null, 'Search'),
      h('input', {
        name: 'text',
        type: 'search',
        value: text,
        placeholder: 'name, metadata, batch ID, or the custom ID of a task',
        onchange: (event) => apply({text: event.target.value.trim()}),
      }),
    ),
    projectFilter(project, all, apply),
  );
}

/** For administrators, who see the batches of all projects. */
function projectFilter(project, all, apply) {
  const own = project || api.project.own;
  const names = new Set([...all.map((batch) => batch.project), ...(knownProjects ?? []), own]);
  if (names.size < 2) return null;
  const option = (value, name) => h('option', {value, selected: value === project}, name);
  return h(
    'label',
    {class: 'field', 'data-key': 'project'},
    h('span', null, 'Project'),
    h(
      'select',
      {onchange: (event) => apply({project: event.target.value})},
      option('', 'All'),
      [...names].sort().map((name) => option(name, name)),
    ),
  );
}

/** Includes projects whose batches are too old for the snapshot. */
async function loadProjects(render) {
  knownProjects = [];
  const keys = await api.get('/api/keys').catch(() => null);
  if (!keys) return;
  knownProjects = keys.data.map((key) => key.project);
  render();
}

/** Where a task is that a search may have found; null if the batch itself has the text. */
function taskLink({progress, project}, text) {
  const isIn = (value) => value?.toLowerCase().includes(text.toLowerCase());
  if (!text || isIn(progress.id) || isIn(progress.name)) return null;
  const isTask = UUID.test(text);
  const href = isTask
    ? linkTo('tasks', text.toLowerCase(), project)
    : linkTo('batches', progress.id, project, {text});
  return h('a', {class: 'link', href}, isTask ? 'Open the task' : 'Tasks with this custom ID');
}

const modelText = ({model, progress}) =>
  model ?? (progress.total ? 'several models' : 'model unknown');

function row(batch, text, {snapshot, now}, render) {
  const {id, created_at: created, priority, paused_by: pausedBy, errors} = batch.progress;
  const isPaused = displayStatus(batch) === 'paused';
  const isBudgetSpent = isPaused && (pausedBy === 'budget' || pausedBy === 'project_budget');
  const item = (name, ...value) => h('div', null, term(name, 'dt'), h('dd', null, value));
  const tasksHref = (code) => linkTo('batches', id, batch.project, {code});
  return h(
    'li',
    {class: 'row', 'data-key': id},
    h(
      'div',
      {class: 'row-head'},
      h(
        'div',
        {class: 'row-name'},
        h('a', {class: 'name', href: linkTo('batches', id, batch.project)}, batchName(batch)),
        h(
          'div',
          {class: 'subtitle'},
          statusBadge(batch),
          projectBadge(batch.project),
          isBudgetSpent && badge('budget spent', 'amber'),
          isPaused && pausedBy === 'stop_after' && badge('too many failures', 'amber'),
          priority !== DEFAULT_PRIORITY && badge(`priority ${priority}`),
          h(
            'span',
            {class: 'dim'},
            `${modelText(batch)} · created `,
            time(created, (seconds) => timeAgo(seconds, now())),
          ),
          taskLink(batch, text),
        ),
      ),
      batchActions(batch, render),
    ),
    progressBar(batch),
    h(
      'dl',
      {class: 'row-facts'},
      item('Finished', progressText(batch), ' ', cutOffChip(batch)),
      item('Rate', rateText(batch)),
      item('Time left', timeLeft(batch, snapshot)),
      item('Cost', costText(batch)),
      item(
        'Failed',
        failureChips(batch, tasksHref) ?? '–',
        batch.progress.failed > 0 &&
          h('a', {class: 'link', href: deadLettersLink({batch: id})}, 'View dead letters'),
      ),
    ),
    isUnfinished(batch) && h('p', {class: 'reason'}, withLocalTimes(batch.why.sentence)),
    errors.length > 0 &&
      h('p', {class: 'reason'}, `Validation failed: ${plural(errors.length, 'error')}.`),
  );
}
