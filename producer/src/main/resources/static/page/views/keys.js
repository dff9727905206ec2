import {h} from '../dom.js';
import * as api from '../api.js';
import {count, money} from '../format.js';
import {time} from '../times.js';
import {badge, button, emptyState, run, table} from '../components.js';
import {openDialog} from '../dialog.js';
import {adminPage, isAdmin, reload} from '../admin-page.js';

const PATH = '/api/keys';

/** The API keys of all projects, without the keys themselves. */
export const keys = ({state, render}) =>
  adminPage({
    id: 'keys',
    path: PATH,
    text: 'A key gives access to the files and batches of its project. Limits apply to live calls.',
    action: isAdmin(state) && button('Create key', () => create(render), 'primary'),
    content: ({data}) => (data.length ? keyTable(data, render) : noKeys()),
    state,
    render,
  });

const noKeys = () =>
  emptyState('No API keys', 'Only the administrator has access. Create a key for each service.');

const keyTable = (data, render) =>
  table(
    ['Name', 'Project', 'Limits of live calls', 'Created', 'State', ''],
    [...data]
      .sort((one, other) => (one.revoked_at ?? 0) - (other.revoked_at ?? 0))
      .map((key) => row(key, render)),
    {class: 'admin'},
  );

const row = (key, render) =>
  h(
    'tr',
    {'data-key': key.id},
    h('td', {class: 'name'}, key.name, h('small', null, key.id)),
    h('td', {class: 'text'}, key.project),
    h('td', {class: 'text'}, limitsText(key)),
    h('td', null, time(key.created_at)),
    h(
      'td',
      null,
      key.revoked_at
        ? [badge('revoked'), h('small', null, time(key.revoked_at))]
        : badge('valid', 'green'),
    ),
    h(
      'td',
      null,
      !key.revoked_at &&
        h(
          'div',
          {class: 'actions'},
          button('Limits', () => limit(key, render)),
          button('Revoke', () => revoke(key, render), 'quiet'),
        ),
    ),
  );

const limitsText = ({concurrency, requests_per_minute: perMinute, budget}) =>
  [
    concurrency && `${count(concurrency)} concurrent`,
    perMinute && `${count(perMinute)}/min`,
    budget && `${money(budget)} per month`,
  ]
    .filter(Boolean)
    .join(', ') || 'none';

const limitFields = ({concurrency, requests_per_minute: perMinute, budget}) => [
  {
    name: 'concurrency',
    label: 'Concurrent live calls',
    type: 'number',
    min: 1,
    value: concurrency ?? '',
    hint: 'Leave a limit empty for no limit.',
  },
  {
    name: 'requests_per_minute',
    label: 'Live calls per minute',
    type: 'number',
    min: 1,
    value: perMinute ?? '',
  },
  {
    name: 'budget',
    label: 'Budget of live calls per month in US dollars',
    type: 'number',
    min: 0,
    step: 'any',
    value: budget ?? '',
  },
];

const toNumber = (value) => (value === '' ? undefined : Number(value));

const toLimits = (values) => ({
  concurrency: toNumber(values.concurrency),
  requests_per_minute: toNumber(values.requests_per_minute),
  budget: toNumber(values.budget),
});

async function create(render) {
  const values = await openDialog({
    title: 'Create an API key',
    action: 'Create key',
    fields: [
      {
        name: 'name',
        label: 'Name',
        hint: 'The person or service that uses it.',
        maxlength: 200,
        required: true,
      },
      {name: 'project', label: 'Project', placeholder: 'default', pattern: '[a-z0-9\\-]{1,64}'},
      ...limitFields({}),
    ],
  });
  if (!values) return;
  const {name, project} = values;
  const body = {name, project: project || undefined, ...toLimits(values)};
  const created = await run(() => api.post(PATH, body), 'API key created.');
  if (!created) return;
  reload(PATH, render);
  await openDialog({
    title: `The key of ${created.name}`,
    text: 'Copy it now. Sluice stores only its digest, and never shows it again.',
    action: 'Done',
    dismiss: null,
    fields: [{label: 'API key', value: created.key, readonly: true}],
  });
}

async function limit(key, render) {
  const values = await openDialog({
    title: `Limits of ${key.name}`,
    text: 'Limits of the live calls of this key, from its next call on. They do not limit batches.',
    action: 'Save limits',
    fields: limitFields(key),
  });
  if (!values) return;
  const path = `${PATH}/${encodeURIComponent(key.id)}`;
  if (await run(() => api.post(path, toLimits(values)), 'Limits saved.')) reload(PATH, render);
}

async function revoke(key, render) {
  const isConfirmed = await openDialog({
    title: `Revoke ${key.name}?`,
    text: 'Its next request is rejected. This cannot be undone. Its batches continue.',
    action: 'Revoke key',
    dismiss: 'Keep key',
    kind: 'danger',
  });
  if (!isConfirmed) return;
  const path = `${PATH}/${encodeURIComponent(key.id)}`;
  if (await run(() => api.remove(path), `Key ${key.name} is revoked.`)) reload(PATH, render);
}
