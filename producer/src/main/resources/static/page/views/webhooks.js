import {h} from '../dom.js';
import * as api from '../api.js';
import {time} from '../times.js';
import {emptyState, table} from '../components.js';
import {adminPage, isAdmin} from '../admin-page.js';

/** The webhooks of one project, without their secrets. */
export function webhooks({state, search, render}) {
  const project = search.get('project') ?? '';
  const name = project || api.project.own;
  return adminPage({
    id: 'webhooks',
    path: `/api/webhooks${api.query({project: api.project.other(project)})}`,
    text: [
      `When a batch of project ${name} finishes, Sluice sends a signed event to these URLs. `,
      'Create and delete them with ',
      h('code', null, '/api/webhooks'),
      '.',
    ],
    action: isAdmin(state) && projectForm(project),
    content: ({data}) => (data.length ? webhookTable(data) : noWebhooks(name)),
    state,
    render,
  });
}

const noWebhooks = (project) =>
  emptyState('No webhooks', `No URL receives the events of project ${project}.`);

function projectForm(project) {
  const onsubmit = (event) => {
    event.preventDefault();
    const name = new FormData(event.target).get('project').trim();
    location.hash = `#/admin/webhooks${api.query({project: name})}`;
  };
  return h(
    'form',
    {role: 'search', onsubmit},
    h('input', {
      name: 'project',
      type: 'search',
      value: project,
      placeholder: 'project: default',
      'aria-label': 'Project',
    }),
  );
}

const webhookTable = (data) =>
  table(
    ['URL', 'ID', 'Created'],
    data.map((webhook) =>
      h(
        'tr',
        {'data-key': webhook.id},
        h('td', {class: 'name long'}, webhook.url),
        h('td', {class: 'text'}, h('code', null, webhook.id)),
        h('td', null, time(webhook.created_at)),
      ),
    ),
    {class: 'admin'},
  );
