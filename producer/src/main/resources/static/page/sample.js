// A sample of the documents of a new batch, which runs before the others.

import {h} from './dom.js';
import {linkTo} from './components.js';
import {count, money, plural} from './format.js';
import {progressBar, progressText, statusBadge} from './batch-components.js';

const ENDED = ['completed', 'failed', 'expired', 'cancelled'];

/** The sample's results and the estimated cost of all documents. */
export function samplePanel(sample, state, onStart, onDiscard, isBusy) {
  const batch = state.snapshot?.batches.find(({progress}) => progress.id === sample.batch);
  const hasEnded = batch && ENDED.includes(batch.progress.status);
  return h(
    'div',
    {class: 'sample'},
    h(
      'p',
      null,
      h('a', {href: linkTo('batches', sample.batch)}, 'Sample'),
      ` of ${count(sample.size)} of ${plural(sample.total, 'document')}: `,
      batch ? [statusBadge(batch), ' ', sampleText(batch)] : 'starting…',
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
          onclick: onStart,
        },
        `Start the other ${plural(sample.total - sample.size, 'document')}`,
      ),
      h(
        'button',
        {type: 'button', class: 'button', disabled: isBusy, onclick: onDiscard},
        'Do not send the others',
      ),
    ),
  );
}

function sampleText(batch) {
  const {completed, cut_off: cutOff, failed, status, documents} = batch.progress;
  if (!ENDED.includes(status)) return progressText(batch);
  const most = batch.failures[0]?.code;
  const answered = `${count(completed - cutOff)} answered, ${count(cutOff)} cut off`;
  const counts = `${answered}, ${count(failed)} failed${most ? ` (most: ${most})` : ''}.`;
  return documents ? `${counts} These are tasks, with the parts of long documents.` : counts;
}

function costOfAll(batch, {bytes, totalBytes}) {
  const {spent} = batch.cost;
  if (spent === null) return 'The cost is unknown: no price is configured for the model.';
  const all = (Number(spent) * totalBytes) / bytes;
  return [
    h('b', null, `Estimated cost of all documents: ${money(all)}`),
    ` (the sample cost ${money(spent)}).`,
  ];
}
