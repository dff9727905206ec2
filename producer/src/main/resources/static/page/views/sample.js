import {h} from '../dom.js';
import * as api from '../api.js';
import {button, emptyState, linkTo, loading, run} from '../components.js';
import {count, money, plural} from '../format.js';
import {isUnfinished, progressBar, progressText, statusBadge} from '../batch-components.js';
import {calledBytes, removeSample, storedSample} from '../samples.js';

// The batch of a sample that is not among the latest ones of the snapshot.
let summary = null;
// The bytes of the sample that were called.
let called = null;
let isBusy = false;

/** The sample of a new batch: its results, the estimated cost of all, and what to do next. */
export function sampleView(id, state, render, onStarted) {
  const sample = storedSample(id);
  const batch =
    state.snapshot?.batches.find(({progress}) => progress.id === id) ??
    (summary?.id === id ? summary.batch : null);
  if (state.snapshot && !batch && summary?.id !== id) loadSummary(id, render);
  const hasEnded = batch && !isUnfinished(batch);
  if (hasEnded && sample && called?.id !== id) loadCalled(sample, batch, render);
  const content = sample ? panel(sample, batch, render, onStarted) : unknownSample(id);
  return {
    title: 'Sample',
    node: h('div', {'data-key': `sample ${id}`}, h('h1', null, 'Sample'), content),
  };
}

const unknownSample = (id) =>
  emptyState(
    'The other documents are not in this browser',
    'Only the browser that started the sample has the requests of the other documents.',
    h('a', {class: 'button', href: linkTo('batches', id)}, 'Open the batch of the sample'),
  );

function panel(sample, batch, render, onStarted) {
  const hasEnded = batch && !isUnfinished(batch);
  const others = plural(sample.total - sample.size, 'document');
  return h(
    'section',
    {class: 'panel sample'},
    h(
      'p',
      null,
      h('a', {href: linkTo('batches', sample.batch)}, 'Sample'),
      ` of ${count(sample.size)} of ${plural(sample.total, 'document')}: `,
      batch ? [statusBadge(batch), ' ', sampleText(batch)] : (summary?.error ?? loading()),
    ),
    batch && progressBar(batch),
    hasEnded && h('p', null, costOfAll(batch, sample)),
    h(
      'div',
      {class: 'actions'},
      h(
        'button',
        {
          type: 'button',
          class: 'button primary',
          disabled: isBusy || !hasEnded || batch.progress.completed === 0,
          onclick: () => startOthers(sample, render, onStarted),
        },
        `Start the other ${others}`,
      ),
      button('Discard the others', () => {
        removeSample(sample.batch);
        location.hash = '#/new-batch';
      }),
    ),
  );
}

function sampleText(batch) {
  const {completed, cut_off: cutOff, failed, documents} = batch.progress;
  if (isUnfinished(batch)) return progressText(batch);
  const most = batch.failures[0]?.code;
  const answered = `${count(completed - cutOff)} answered, ${count(cutOff)} cut off`;
  const counts = `${answered}, ${count(failed)} failed${most ? ` (most: ${most})` : ''}.`;
  return documents ? `${counts} These are tasks, with the parts of long documents.` : counts;
}

function costOfAll(batch, {batch: id, totalBytes}) {
  const {spent} = batch.cost;
  const {reused} = batch.progress;
  if (called?.id !== id || called.bytes === null) return 'Estimating the cost of all documents…';
  if (called.error) return called.error;
  if (called.bytes < 1) {
    return 'The cost of all documents cannot be estimated: stored results answered the sample.';
  }
  if (spent === null) return 'The cost is unknown: no price is configured for the model.';
  const all = (Number(spent) * totalBytes) / called.bytes;
  const condition = reused ? ', if none is reused' : '';
  const free = reused ? `, with ${count(reused)} reused` : '';
  return [
    h('b', null, `Estimated cost of all documents${condition}: ${money(all)}`),
    ` (the sample cost ${money(spent)}${free}).`,
  ];
}

async function startOthers(sample, render, onStarted) {
  isBusy = true;
  render();
  const created = await run(() =>
    api.post('/v1/batches', {...sample.request, input_file_id: sample.others}),
  );
  isBusy = false;
  if (created) {
    removeSample(sample.batch);
    onStarted();
    location.hash = `#/batches/${created.id}`;
  }
  render();
}

async function loadSummary(id, render) {
  const request = {id};
  summary = request;
  try {
    request.batch = await api.get(`/api/batches/${encodeURIComponent(id)}/summary`);
  } catch (failure) {
    request.error = failure.message;
  }
  render();
}

async function loadCalled(sample, batch, render) {
  const request = {id: sample.batch, bytes: batch.progress.reused ? null : sample.bytes};
  called = request;
  if (request.bytes !== null) return;
  try {
    request.bytes = await calledBytes(sample);
  } catch (failure) {
    request.error = failure.message;
    request.bytes = 0;
  }
  render();
}
