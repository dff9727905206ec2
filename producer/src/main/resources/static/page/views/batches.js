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
  run,
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

// The snapshot has the latest batches only. Older ones are loaded on request.
let older = [];
let hasOlder = true;
let project = '';
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
  selectProject(search.get('project') ?? '');
  if (snapshot.project === null && knownProjects === null) loadProjects(render);
  const latest = new Set(snapshot.batches.map((batch) => batch.progress.id));
  const all = [...snapshot.batches, ...older.filter(({progress}) => !latest.has(progress.id))];
  const shown = all.filter((batch) => !project || batch.project === project);
  const canLoadOlder = snapshot.batches.length >= PAGE_SIZE && hasOlder;
  return {
    title: 'Batches',
    node: h(
      'div',
      {'data-key': 'batches'},
      h('div', {class: 'title'}, h('h1', null, 'Batches'), newBatchLink()),
      projectFilter(all),
      shown.length
        ? h(
            'ul',
            {class: 'rows'},
            shown.map((batch) => row(batch, state, render)),
          )
        : emptyState(
            'No batches',
            'Submit a batch file in the format of OpenAI’s Batch API, or documents and a prompt.',
            newBatchLink(),
          ),
      canLoadOlder && button('Load older batches', () => loadOlder(shown, render)),
    ),
  };
}

const newBatchLink = () => h('a', {class: 'button primary', href: '#/new-batch'}, 'New batch');

function selectProject(name) {
  if (project === name) return;
  project = name;
  older = [];
  hasOlder = true;
}

async function loadOlder(shown, render) {
  const after = shown.at(-1)?.progress.id;
  const path = `/api/batches${api.query({after, project, limit: PAGE_SIZE})}`;
  const page = await run(() => api.get(path));
  if (!page) return;
  older = [...older, ...page.data];
  hasOlder = page.has_more;
  render();
}

/** For administrators, who see the batches of all projects. */
function projectFilter(all) {
  const own = project || api.project.own;
  const names = new Set([...all.map((batch) => batch.project), ...(knownProjects ?? []), own]);
  if (names.size < 2) return null;
  const onchange = (event) => {
    location.hash = `#/batches${api.query({project: event.target.value})}`;
  };
  const option = (value, name) => h('option', {value, selected: value === project}, name);
  return h(
    'div',
    {class: 'filters'},
    h(
      'label',
      {class: 'field'},
      h('span', null, 'Project'),
      h(
        'select',
        {onchange},
        option('', 'All'),
        [...names].sort().map((name) => option(name, name)),
      ),
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

const modelText = ({model, progress}) =>
  model ?? (progress.total ? 'several models' : 'model unknown');

function row(batch, {snapshot, now}, render) {
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
