import {h} from '../dom.js';
import * as api from '../api.js';
import {ago, count, span} from '../format.js';
import {attempt, badge, batchActions, button, costText, empty, failureChips, isRunning, nameOf, progressBar, progressText, statusBadge, statusOf} from '../parts.js';

let older = [];
let more = true;

export function batches({state, again}) {
  const now = state.snapshot;
  if (!now) return {title: 'Batches', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Batches'), h('p', {class: 'dim'}, 'Listening…'))};
  const known = new Set(now.batches.map((line) => line.progress.id));
  const all = [...now.batches, ...older.filter((line) => !known.has(line.progress.id))];
  return {
    title: 'Batches',
    node: h('div', {'data-key': 'batches'},
      h('div', {class: 'title'}, h('h1', null, 'Batches'), h('a', {class: 'button primary', href: '#/new'}, 'New batch')),
      all.length ? h('ul', {class: 'rows'}, all.map((line) => row(line, state.now(), again)))
        : empty('No batch yet', 'Put in a batch file as OpenAI’s Batch API takes it, or documents and a prompt.', h('a', {class: 'button primary', href: '#/new'}, 'New batch')),
      now.batches.length >= 50 && more ? button('Older batches', async () => {
        const page = await attempt(() => api.get(`/api/batches${api.query({after: all.at(-1).progress.id, limit: 50})}`));
        if (page) { older = [...older, ...page.data]; more = page.has_more; again(); }
      }) : null),
  };
}

function row(line, now, again) {
  const {id, created_at: created, priority, paused_by: by} = line.progress;
  const part = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));
  return h('li', {class: 'row', 'data-key': id},
    h('div', {class: 'row-head'}, h('div', {class: 'row-name'}, h('a', {class: 'name', href: `#/batches/${id}`}, nameOf(line)),
      h('div', {class: 'sub'}, statusBadge(statusOf(line)), statusOf(line) === 'paused' && by !== 'hand' ? badge('budget spent', 'amber') : null,
        priority !== 10 ? badge(`priority ${priority}`) : null, h('span', {class: 'dim'}, `${line.model ?? 'several models'} · ${ago(created, now)}`))),
    batchActions(line, again)),
    progressBar(line),
    h('dl', {class: 'row-facts'}, part('Done', progressText(line)), part('Rate', line.per_minute === null ? '–' : `${count(line.per_minute)} a minute`),
      part('Left', isRunning(line) ? span(line.why.seconds) : '–'), part('Cost', costText(line)),
      part('Failed', failureChips(line, (code) => `#/batches/${id}?code=${encodeURIComponent(code)}`) ?? '–')),
    isRunning(line) && h('p', {class: 'why'}, line.why.sentence));
}
