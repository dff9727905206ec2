import {h} from '../dom.js';
import * as api from '../api.js';
import {bytes, count} from '../format.js';
import {button, emptyState, meter, run, table} from '../components.js';
import {openDialog} from '../dialog.js';
import {adminPage, isAdmin, reload} from '../admin-page.js';

const LIMITS = [
  {name: 'batches', title: 'Unfinished batches', format: count},
  {name: 'queued_tasks', title: 'Unfinished tasks', format: count},
  {name: 'queued_bytes', title: 'Their input', format: bytes},
  {name: 'stored_bytes', title: 'Stored files', format: bytes},
];

/** The quotas of all projects that have their own; that of one project with its key. */
export function quotas({state, render}) {
  const path = isAdmin(state) ? '/api/quotas' : '/api/quota';
  return adminPage({
    id: 'quotas',
    path,
    text:
      'Limits of the unfinished batches and stored files of a project. ' +
      'Projects without a quota have the limits of the settings (sluice.quota.*).',
    action: isAdmin(state) && button('Set quota', () => set(null, path, render), 'primary'),
    content: (response) => content(response.data ?? [response], isAdmin(state), path, render),
    state,
    render,
  });
}

function content(list, isChangeable, path, render) {
  if (!list.length) return emptyState('No quotas', 'No project has a quota of its own.');
  return table(
    ['Project', ...LIMITS.map(({title}) => [title, 'number']), isChangeable && ''].filter(
      (column) => column !== false,
    ),
    list.map((quota) =>
      h(
        'tr',
        {'data-key': quota.project},
        h('td', {class: 'name'}, quota.project),
        LIMITS.map((limit) => usage(quota, limit)),
        isChangeable && h('td', null, button('Change', () => set(quota, path, render))),
      ),
    ),
    {class: 'admin'},
  );
}

function usage({used, limits}, {name, title, format}) {
  const limit = limits[name];
  const text = limit === null ? `${format(used[name])}, no limit` : '';
  const label = `${title}: ${format(used[name])} of ${limit === null ? '' : format(limit)}`;
  return h(
    'td',
    {class: 'number'},
    text || [`${format(used[name])} of ${format(limit)}`, meter(used[name] / limit, label)],
  );
}

async function set(quota, path, render) {
  const values = await openDialog({
    title: quota ? `Quota of ${quota.project}` : 'Set the quota of a project',
    text: '0 for no limit. An empty field has the value of the settings (sluice.quota.*).',
    action: 'Save quota',
    fields: [
      !quota && {name: 'project', label: 'Project', pattern: '[a-z0-9\\-]{1,64}', required: true},
      field('batches', 'Unfinished batches', quota),
      field('queued_tasks', 'Unfinished tasks', quota),
      field('queued_bytes', 'Bytes of input of unfinished batches', quota),
      field('stored_bytes', 'Bytes of uploaded files and batch inputs', quota),
    ].filter(Boolean),
  });
  if (!values) return;
  const {project = quota?.project, ...limits} = values;
  const body = Object.fromEntries(
    Object.entries(limits).map(([name, value]) => [name, value === '' ? null : Number(value)]),
  );
  const target = `/api/quotas/${encodeURIComponent(project)}`;
  if (await run(() => api.put(target, body), 'Quota saved.')) reload(path, render);
}

const field = (name, label, quota) => ({
  name,
  label,
  type: 'number',
  min: 0,
  value: quota ? (quota.limits[name] ?? 0) : '',
});
