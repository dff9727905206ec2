import {h} from '../dom.js';
import * as api from '../api.js';
import {count, humanize, plural, shortDateTime} from '../format.js';
import {time} from '../times.js';
import {badge, button, emptyState, errorMessage, linkTo, loading, table} from '../components.js';
import {batchName} from '../batch-components.js';
import {address, filterForm, hasFilter, readFilter, toApiFilter} from '../dead-letter-filter.js';
import {bulkJobBanner, openBulkDialog} from '../bulk-jobs.js';
import {meaningOf} from '../failure-codes.js';
import {runName} from '../runs.js';

const PAGE_SIZE = 50;
const STATES = ['open', 'replayed', 'discarded', 'accepted'];
const MAX_GROUPS = 8;

let list = null;
let groups = null;
const selected = new Set();

/** The dead letters that match the filter in the address. */
export function deadLetters({state, search, render}) {
  const filter = readFilter(search);
  const status = STATES.includes(search.get('state')) ? search.get('state') : 'open';
  const view = {filter, status, request: JSON.stringify([status, filter]), render};
  const open = state.snapshot?.dead_letters;
  if (list?.request !== view.request) {
    selected.clear();
    load(view, open);
  } else if (isOutdated(open, state.isConnected)) {
    load(view, open);
  }
  list.isConnected = state.isConnected;
  const refresh = () => load(view, open);
  return {
    title: 'Dead letters',
    node: h(
      'div',
      {'data-key': 'dead-letters'},
      h(
        'div',
        {class: 'title'},
        h('h1', null, 'Dead letters'),
        stateSwitch(filter, status),
        button('Refresh', refresh, 'quiet'),
      ),
      bulkJobBanner(render),
      causes(view),
      filterForm(view, {snapshot: state.snapshot, groups, rows: list?.rows}),
      content(view, state.snapshot, refresh),
    ),
  };
}

/** Whether dead letters were added or removed, or the server is reachable again. */
const isOutdated = (open, isConnected) =>
  (list.open !== open && !selected.size && !(list.rows?.length > PAGE_SIZE)) ||
  (list.error && isConnected && !list.isConnected);

const stateSwitch = (filter, status) =>
  h(
    'nav',
    {class: 'switch', 'aria-label': 'State'},
    STATES.map((name) =>
      h(
        'a',
        {href: address(filter, name), 'aria-current': name === status ? 'page' : null},
        name[0].toUpperCase() + name.slice(1),
      ),
    ),
  );

/** The number of dead letters for each code and route. Each one is a filter. */
function causes({filter, status}) {
  if (!groups?.length) return null;
  const chip = ({failure_code: code, route, count: n}) => {
    const isActive = filter.code === code && filter.route === route;
    const changes = isActive ? {code: '', route: ''} : {code, route};
    return h(
      'a',
      {
        class: 'chip cause',
        'data-key': `${code} ${route}`,
        href: address({...filter, ...changes}, status),
        'aria-current': isActive ? 'true' : null,
        title: meaningOf(code),
      },
      h('b', null, count(n)),
      ` ${humanize(code)} `,
      h('span', {class: 'dim'}, `on ${route}`),
    );
  };
  const hidden = groups.length - MAX_GROUPS;
  return h(
    'p',
    {class: 'chips causes', 'aria-label': 'By failure code and route'},
    groups.slice(0, MAX_GROUPS).map(chip),
    hidden > 0 && h('span', {class: 'dim'}, `and ${plural(hidden, 'more cause')}`),
  );
}

function content(view, snapshot, refresh) {
  if (list?.error) return h('p', {class: 'error', role: 'alert'}, list.error);
  if (!list?.rows) return loading();
  const {filter, status} = view;
  if (!list.rows.length) {
    if (hasFilter(filter)) {
      return emptyState(
        'No matches',
        `No ${status} dead letters match this filter.`,
        h('a', {class: 'button', href: address({}, status)}, 'Clear filters'),
      );
    }
    return emptyState(
      `No ${status} dead letters`,
      status === 'open'
        ? 'Tasks that fail permanently appear here, with their request and the provider’s error.'
        : `Dead letters that were ${status} appear here.`,
    );
  }
  return h(
    'div',
    null,
    status === 'open' && bulkBar(view, refresh),
    rows(view, snapshot),
    list.hasMore && button('Load more', () => load(view, list.open, list.rows)),
  );
}

/** Acts on the selected dead letters, or on all that match if none is selected. */
function bulkBar({filter, render}, refresh) {
  const onFinished = () => {
    selected.clear();
    refresh();
  };
  const open = (action, selection) => () =>
    openBulkDialog({action, ...selection, onFinished, render});
  const clear = () => {
    selected.clear();
    render();
  };
  const ids = {ids: [...selected]};
  const all = {filter: toApiFilter(filter)};
  const matching = matchingCount(filter);
  const label = selected.size
    ? `${count(selected.size)} selected`
    : matching === null
      ? ''
      : `${count(matching)} matching`;
  return h(
    'div',
    {class: `bulk-bar ${selected.size ? 'active' : ''}`, role: 'toolbar', 'aria-label': 'Actions'},
    h('b', null, label),
    selected.size
      ? h(
          'div',
          {class: 'actions', 'data-key': 'selected'},
          button('Replay selected', open('replay', ids), 'primary'),
          button('Discard selected', open('discard', ids)),
          button('Clear selection', clear, 'quiet'),
        )
      : h(
          'div',
          {class: 'actions', 'data-key': 'all'},
          button('Replay all matching', open('replay', all)),
          button('Discard all matching', open('discard', all), 'quiet'),
        ),
  );
}

function matchingCount(filter) {
  if (!groups) return null;
  return groups
    .filter((group) => !filter.code || group.failure_code === filter.code)
    .filter((group) => !filter.route || group.route === filter.route)
    .reduce((sum, group) => sum + group.count, 0);
}

function rows({status, render}, snapshot) {
  const isSelectable = status === 'open';
  const ids = list.rows.map((row) => row.id);
  const selectAll = (event) => {
    ids.forEach((id) => (event.target.checked ? selected.add(id) : selected.delete(id)));
    render();
  };
  const columns = [
    isSelectable && [
      checkbox(
        'Select all',
        ids.every((id) => selected.has(id)),
        selectAll,
      ),
      'select',
    ],
    ['Time', 'time'],
    ['Route', 'route-name optional'],
    ['Model', 'model optional'],
    ['Code', 'failure-code'],
    'Message',
    ['Custom ID and batch', 'name'],
    ['Attempts', 'attempts number optional'],
  ].filter(Boolean);
  return table(
    columns,
    list.rows.map((row) => tableRow(row, isSelectable, snapshot, render)),
    {class: 'dead-letters'},
  );
}

const checkbox = (label, checked, onchange) =>
  h('input', {type: 'checkbox', 'aria-label': label, checked, onchange});

function tableRow(row, isSelectable, snapshot, render) {
  const name = row.custom_id ?? row.task_id;
  const isSelected = selected.has(row.id);
  const select = (event) => {
    if (event.target.checked) selected.add(row.id);
    else selected.delete(row.id);
    render();
  };
  const text = errorMessage(row.failure);
  return h(
    'tr',
    {'data-key': row.id, class: isSelected ? 'on' : ''},
    isSelectable && h('td', {class: 'select'}, checkbox(`Select ${name}`, isSelected, select)),
    h('td', {class: 'time nowrap dim'}, time(row.dead_lettered_at, shortDateTime)),
    h('td', {class: 'optional', title: row.route}, row.route),
    h('td', {class: 'optional', title: row.model}, row.model || '–'),
    h('td', {class: 'failure-code'}, badge(humanize(row.failure_code), 'red'), httpStatus(row)),
    h('td', {class: 'message', title: text}, h('span', {class: 'clamp'}, text)),
    h(
      'td',
      {class: 'name'},
      h('a', {href: `#/dead-letters/${row.id}`, title: name}, name),
      h('small', null, batchLink(row, snapshot)),
    ),
    h('td', {class: 'number optional'}, count(row.attempts), row.run > 1 && run(row)),
  );
}

const httpStatus = (row) => row.status_code && h('small', null, `HTTP ${row.status_code}`);

const run = (row) => h('small', null, runName(row.run));

function batchLink(row, snapshot) {
  if (!row.batch_id) return 'no batch';
  const batch = snapshot?.batches.find(({progress}) => progress.id === row.batch_id);
  const href = linkTo('batches', row.batch_id, row.project);
  return h('a', {href}, batch ? batchName(batch) : row.batch_id);
}

async function load(view, open, previous = []) {
  const {filter, status, request, render} = view;
  // A refresh keeps the old rows until the new ones are there.
  const shown = list?.request === request ? list : null;
  const current = {request, open, rows: previous.length ? previous : shown?.rows, hasMore: false};
  const isRefresh = shown?.rows && !previous.length && !selected.size;
  list = current;
  const parameters = {...toApiFilter(filter), state: status};
  const {code, route, ...others} = parameters;
  try {
    const after = previous.at(-1)?.id ?? '';
    const [page, stats] = await Promise.all([
      api.get(`/api/dead-letters${api.query({...parameters, after, limit: PAGE_SIZE})}`),
      api.get(`/api/dead-letters/stats${api.query(others)}`),
    ]);
    if (list === current) groups = stats.groups;
    if (isRefresh && selected.size) {
      // Rows do not move while the user selects some. Without a selection the list is reloaded.
      current.open = null;
      current.hasMore = shown.hasMore;
    } else {
      current.rows = [...previous, ...page.data];
      current.hasMore = page.has_more;
    }
  } catch (failure) {
    current.error = failure.message;
  }
  render();
}
