import {h} from '../dom.js';
import {humanize} from '../format.js';
import {time} from '../times.js';
import {emptyState, projectBadge, table} from '../components.js';
import {adminPage} from '../admin-page.js';

/** The latest 100 actions on dead letters. */
export const audit = ({state, render}) =>
  adminPage({
    id: 'audit',
    path: '/api/dead-letters/audit?limit=100',
    text: 'The latest replays, discards and acceptances of dead letters.',
    content: ({data}) => (data.length ? entries(data) : noEntries()),
    state,
    render,
  });

const noEntries = () =>
  emptyState('No actions', 'No dead letter was replayed, discarded or accepted.');

const entries = (data) =>
  table(
    ['Time', 'Action', 'Dead letter', 'Route', 'API key and operator', 'Reason', 'Changes'],
    data.map((entry) =>
      h(
        'tr',
        {'data-key': entry.id},
        h('td', null, time(entry.at)),
        h('td', null, humanize(entry.action)),
        h(
          'td',
          {class: 'name'},
          h('a', {href: `#/dead-letters/${entry.dead_letter_id}`}, entry.custom_id),
          projectBadge(entry.project),
        ),
        h('td', {class: 'text'}, entry.route),
        h('td', {class: 'text'}, entry.api_key, h('small', null, entry.operator)),
        h('td', {class: 'text long'}, entry.reason),
        h('td', {class: 'text long'}, entry.changes ?? '–'),
      ),
    ),
    {class: 'admin'},
  );
