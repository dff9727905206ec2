import {h} from '../dom.js';
import * as api from '../api.js';
import {count, humanize} from '../format.js';
import {time} from '../times.js';
import {badge, button, emptyState, run, table} from '../components.js';
import {adminPage, reload} from '../admin-page.js';

const JOBS = '/api/dead-letters/jobs';
const PATH = `${JOBS}?limit=100`;
const POLL_MS = 2000;
const TONES = {running: 'blue', completed: 'green', stopped: 'amber'};

/** The latest 100 jobs that replay, discard or accept dead letters. */
export const jobs = ({state, render}) =>
  adminPage({
    id: 'jobs',
    path: PATH,
    text: [
      'A job replays, discards or accepts many ',
      h('a', {href: '#/dead-letters'}, 'dead letters'),
      '.',
    ],
    content: ({data}) => (data.length ? jobTable(data, render) : noJobs()),
    isOutdated: ({data: {data}, requestedAt}) =>
      data.some((job) => job.state === 'running') && Date.now() - requestedAt > POLL_MS,
    state,
    render,
  });

const noJobs = () =>
  emptyState('No bulk jobs', 'Replay or discard all matching dead letters to start one.');

const jobTable = (data, render) =>
  table(
    [
      'Action',
      'State',
      ['Succeeded', 'number'],
      ['Rejected', 'number'],
      'Latest rejection',
      'Created',
      'Finished',
      '',
    ],
    data.map((job) => row(job, render)),
    {class: 'admin'},
  );

function row(job, render) {
  const total = Math.min(job.matched, job.limit);
  const path = `${JOBS}/${encodeURIComponent(job.id)}/stop`;
  const stop = async () => {
    if (await run(() => api.post(path), 'The job is stopped.')) reload(PATH, render);
  };
  return h(
    'tr',
    {'data-key': job.id},
    h('td', {class: 'name'}, humanize(job.action), h('small', null, job.id)),
    h('td', null, badge(job.state, TONES[job.state])),
    h('td', {class: 'number'}, `${count(job.succeeded)} of ${count(total)}`),
    h('td', {class: 'number'}, job.rejected ? count(job.rejected) : '–'),
    h('td', {class: 'text long'}, job.last_rejection ?? '–'),
    h('td', null, time(job.created_at)),
    h('td', null, time(job.finished_at)),
    h('td', null, job.state === 'running' && button('Stop', stop)),
  );
}
