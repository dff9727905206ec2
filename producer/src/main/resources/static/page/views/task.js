import {h} from '../dom.js';
import * as api from '../api.js';
import {count, millis, moment, pretty, words} from '../format.js';
import {body, button, calls, empty, fact, stateBadge, to} from '../parts.js';

let looked = null;

export function task({params: [id], search, again}) {
  const project = search.get('project') ?? '';
  if (looked?.id !== id) load(id, project, again);
  if (looked.failure) return {title: 'Task', node: h('div', {'data-key': 'none'}, h('h1', null, 'Task'), empty('There is no such task', looked.failure))};
  const seen = looked.task;
  if (!seen) return {title: 'Task', node: h('div', {'data-key': 'wait'}, h('h1', null, 'Task'), h('p', {class: 'dim'}, 'Looking…'))};
  const t = seen.task;
  return {title: t.custom_id, node: h('div', {'data-key': id},
    h('p', {class: 'crumbs'}, h('a', {href: '#/batches'}, 'Batches'), ' / ', h('a', {href: to('batches', seen.batch_id, project)}, seen.batch_id)),
    h('div', {class: 'title'}, h('h1', {class: 'long'}, t.custom_id), button('Look again', () => load(id, project, again), 'quiet')),
    h('p', {class: 'sub'}, stateBadge(t.state), h('span', {class: 'dim'}, `line ${count(t.line)} · route ${t.route}`)),
    seen.why.kind !== 'ended' ? h('p', {class: 'panel why big'}, seen.why.sentence) : null,
    t.failure_code ? h('section', {class: 'panel bad'}, h('h2', null, words(t.failure_code)), h('pre', null, pretty(seen.failure_detail ?? ''))) : null,
    h('dl', {class: 'facts'}, fact('Model', t.model), fact('Attempts', t.finished_at ? count(t.attempts) : '–'), fact('429s that it met', t.finished_at ? count(t.throttles) : '–'),
      fact('HTTP status', t.status_code ?? '–'), fact('The last call took', millis(t.latency_ms)), fact('Tokens', `${count(t.prompt_tokens)} in, ${count(t.completion_tokens)} out`),
      fact('Ended', moment(t.finished_at)), fact('Worker', seen.worker ?? '–'), fact('Provider’s request id', seen.request_id ? h('code', null, seen.request_id) : '–'), fact('Task id', h('code', null, t.id))),
    calls(seen.history),
    h('div', {class: 'two'}, body('Request', seen.request), seen.reply ? body('Reply', seen.reply) : null))};
}

async function load(id, project, again) {
  looked = {id, task: looked?.id === id ? looked.task : null};
  const mine = looked;
  try {
    mine.task = await api.get(`/api/tasks/${encodeURIComponent(id)}${api.query({project})}`);
  } catch (failure) {
    mine.failure = failure.message;
  }
  again();
}
