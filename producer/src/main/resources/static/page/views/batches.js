import {h} from '../dom.js';
import * as api from '../api.js';
import {ago, count, span} from '../format.js';
import {attempt, badge, batchActions, button, costText, empty, failureChips, isRunning, nameOf, progressBar, progressText, projectBadge, statusBadge, statusOf, to} from '../parts.js';

let older = [];
let more = true;
let chosen = '';
let named = null;

export function batches({state, search, again}) {
  const now = state.snapshot;
  if (!now) return {title: 'Batches', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Batches'), h('p', {class: 'dim'}, 'Listening…'))};
  if (chosen !== (search.get('project') ?? '')) {
    chosen = search.get('project') ?? '';
    older = [];
    more = true;
  }
  if (now.project === null && named === null) askNames(again);
  const known = new Set(now.batches.map((line) => line.progress.id));
  const everybodys = [...now.batches, ...older.filter((line) => !known.has(line.progress.id))];
  const all = everybodys.filter((line) => !chosen || line.project === chosen);
  return {
    title: 'Batches',
    node: h('div', {'data-key': 'batches'},
      h('div', {class: 'title'}, h('h1', null, 'Batches'), h('a', {class: 'button primary', href: '#/new'}, 'New batch')),
      projects(everybodys),
      all.length ? h('ul', {class: 'rows'}, all.map((line) => row(line, state.now(), again)))
        : empty('No batch yet', 'Put in a batch file as OpenAI’s Batch API takes it, or documents and a prompt.', h('a', {class: 'button primary', href: '#/new'}, 'New batch')),
      now.batches.length >= 50 && more ? button('Older batches', async () => {
        const page = await attempt(() => api.get(`/api/batches${api.query({after: all.at(-1)?.progress.id, project: chosen, limit: 50})}`));
        if (page) { older = [...older, ...page.data]; more = page.has_more; again(); }
      }) : null),
  };
}

/** The administrator sees everybody's, or those of one project. */
function projects(lines) {
  const all = [...new Set([...lines.map((line) => line.project), ...(named ?? []), chosen || api.project.own])].sort();
  if (all.length < 2) return null;
  return h('div', {class: 'filters'}, h('label', {class: 'field'}, h('span', null, 'Project'),
    h('select', {onchange: (event) => { location.hash = `#/batches${api.query({project: event.target.value})}`; }},
      [['', 'all'], ...all.map((name) => [name, name])].map(([value, name]) => h('option', {value, selected: value === chosen}, name)))));
}

/** Also those whose batches are too old to be in the picture. */
async function askNames(again) {
  named = [];
  const keys = await api.get('/api/keys').catch(() => null);
  if (keys) { named = keys.data.map((one) => one.project); again(); }
}

function row(line, now, again) {
  const {id, created_at: created, priority, paused_by: by} = line.progress;
  const part = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));
  return h('li', {class: 'row', 'data-key': id},
    h('div', {class: 'row-head'}, h('div', {class: 'row-name'}, h('a', {class: 'name', href: to('batches', id, line.project)}, nameOf(line)),
      h('div', {class: 'sub'}, statusBadge(statusOf(line)), projectBadge(line), statusOf(line) === 'paused' && by !== 'hand' ? badge('budget spent', 'amber') : null,
        priority !== 10 ? badge(`priority ${priority}`) : null, h('span', {class: 'dim'}, `${line.model ?? 'several models'} · ${ago(created, now)}`))),
    batchActions(line, again)),
    progressBar(line),
    h('dl', {class: 'row-facts'}, part('Done', progressText(line)), part('Rate', line.per_minute === null ? '–' : `${count(line.per_minute)} a minute`),
      part('Left', isRunning(line) ? span(line.why.seconds) : '–'), part('Cost', costText(line)),
      part('Failed', failureChips(line, (code) => to('batches', id, line.project, {code})) ?? '–')),
    isRunning(line) && h('p', {class: 'why'}, line.why.sentence));
}
