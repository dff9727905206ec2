// What several pages show.

import {h} from './dom.js';
import {bytes, count, millis, money, percent, plural, pretty, words} from './format.js';
import * as api from './api.js';

const TONES = {
  validating: 'blue', in_progress: 'blue', finalizing: 'blue', cancelling: 'grey', paused: 'amber',
  completed: 'green', failed: 'red', expired: 'amber', cancelled: 'grey', queued: 'grey', submitted: 'blue',
};

export const badge = (text, tone = 'grey') => h('span', {class: `badge ${tone}`}, text);

/** A paused batch is in progress to OpenAI's clients; to people it is paused. */
export function statusOf(line) {
  const {status, paused_at: paused} = line.progress;
  return paused && (status === 'in_progress' || status === 'validating') ? 'paused' : status;
}

export const statusBadge = (status) => badge(words(status), TONES[status]);

export const stateBadge = (state) => badge(state === 'submitted' ? 'in the broker' : state, TONES[state]);

export const nameOf = (line) => line.progress.name ?? line.progress.id;

/** Where a batch or task is shown; of another project than the key's with that one's name. */
export const to = (place, id, project, more = {}) => `#/${place}/${encodeURIComponent(id)}${api.query({...more, project: api.project.other(project)})}`;

export const batchPath = (line, of = '', root = '/api') => `${root}/batches/${line.progress.id}${of}${api.query({project: api.project.other(line.project)})}`;

export const projectBadge = (line) => (api.project.other(line.project) ? badge(line.project) : null);

/** What a route waits for; a hold is no thing that one waits for. */
export function waits(route) {
  const what = route.waits_for;
  if (what === 'hold') return h('span', null, 'Waits for ', h('b', null, 'the end of a rest'));
  return route.hold ? h('b', null, what[0].toUpperCase() + what.slice(1)) : h('span', null, 'Waits for ', h('b', null, what));
}

export const isRunning = (line) => ['validating', 'in_progress', 'finalizing', 'cancelling'].includes(line.progress.status);

/** How far a batch is, as a bar of its tasks by how they ended. */
export function progressBar(line) {
  const {total, completed, failed, expired, cancelled, in_broker: inBroker} = line.progress;
  const ended = completed + failed + expired + cancelled;
  const part = (n) => (total ? (100 * n) / total : 0);
  return h('div', {class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': total, 'aria-valuenow': ended,
    'aria-label': `${count(ended)} of ${count(total)} tasks have ended`},
    h('i', {class: 'green', 'width%': part(completed)}),
    h('i', {class: 'red', 'width%': part(failed)}),
    h('i', {class: 'grey', 'width%': part(expired + cancelled)}),
    h('i', {class: 'pale', 'width%': part(inBroker)}));
}

export function progressText(line) {
  const {total, completed, failed, expired, cancelled} = line.progress;
  if (!total) return words(line.progress.status);
  const ended = completed + failed + expired + cancelled;
  return `${count(ended)} of ${count(total)} · ${percent(ended / total)}`;
}

export function costText(line) {
  const {spent, expected, note} = line.cost;
  if (spent === null) return h('span', {class: 'dim', title: 'A model of this batch has no price in the settings.'}, 'no price');
  const whole = isRunning(line) && Number(expected) !== Number(spent);
  return h('span', null, money(spent), whole && h('span', {class: 'dim'}, ` of about ${money(expected)}`), note && h('span', {class: 'dim'}, ` (${note})`));
}

export const failureChips = (line, href) => line.failures.length
  ? h('span', {class: 'chips'}, line.failures.map((f) =>
    h('a', {class: 'chip red', href: href(f.code), title: `${plural(f.tasks, 'task')} failed: ${words(f.code)}`}, h('b', null, count(f.tasks)), ` ${words(f.code)}`)))
  : null;

export const empty = (title, text, ...actions) => h('div', {class: 'empty'}, h('h2', null, title), h('p', null, text), actions.length ? h('p', null, actions) : null);

export const fact = (name, ...value) => h('div', {class: 'fact'}, h('dt', null, name), h('dd', null, value));

export const button = (text, onclick, kind = '') => h('button', {type: 'button', class: `button ${kind}`, onclick}, text);

/** Says something at the edge of the page, for ears too. */
export function say(text, tone = '') {
  const told = document.getElementById('told');
  const note = h('p', {class: `note ${tone}`}, text);
  told.append(note);
  setTimeout(() => note.remove(), tone === 'red' ? 9000 : 4500);
}

/** Does it, and says what came of it. */
export async function attempt(what, done) {
  try {
    const result = await what();
    if (done) say(typeof done === 'function' ? done(result) : done, 'green');
    return result;
  } catch (failure) {
    say(failure.message, 'red');
    return null;
  }
}

/** Asks in a dialog; resolves to the form's values, or null. */
export function ask({title, text, fields = [], action, kind = 'primary', wide = false}) {
  return new Promise((answer) => {
    let given = null;
    const dialog = h('dialog', {'aria-labelledby': 'ask-title', class: wide ? 'wide' : null, onclose: () => { dialog.remove(); answer(given); }},
      h('form', {onsubmit: (event) => {
        event.preventDefault();
        given = Object.fromEntries(new FormData(event.target));
        dialog.close();
      }},
        h('h2', {id: 'ask-title'}, title),
        text && h('p', null, text),
        fields.map((field) => h('label', {class: 'field'}, h('span', null, field.label),
          field.rows ? h('textarea', {name: field.name, rows: field.rows, class: 'code', spellcheck: 'false'}, field.value ?? '')
            : h('input', {name: field.name, type: field.type ?? 'text', value: field.value ?? '', min: field.min, step: field.step, placeholder: field.placeholder, maxlength: field.maxlength, required: field.required}),
          field.hint && h('small', null, field.hint))),
        h('div', {class: 'actions'}, button('Leave it', () => dialog.close()), h('button', {class: `button ${kind}`}, action))));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input, textarea')?.select();
  });
}

export function batchActions(line, again) {
  const {status, output_file_id: output, error_file_id: errors, paused_by: pausedBy} = line.progress;
  const name = nameOf(line);
  const shown = statusOf(line);
  const buttons = [];
  if (shown === 'in_progress' || shown === 'validating') {
    buttons.push(button('Pause', async () => { if (await attempt(() => api.post(batchPath(line, '/pause')), `${name} is paused.`)) again(); }));
  }
  if (shown === 'paused') {
    buttons.push(pausedBy === 'hand'
      ? button('Resume', async () => { if (await attempt(() => api.post(batchPath(line, '/resume')), `${name} goes on.`)) again(); }, 'primary')
      : pausedBy === 'budget' && button('Raise the budget', () => askBudget(line, again), 'primary'));
  }
  if (status === 'in_progress' || status === 'validating') {
    buttons.push(button('Cancel', async () => {
      const sure = await ask({title: `Cancel ${name}?`, text: 'What is not with the provider yet is not called any more. This cannot be taken back; the results so far stay.', action: 'Cancel the batch', kind: 'danger'});
      if (sure && await attempt(() => api.post(batchPath(line, '/cancel', '/v1')), `${name} is being cancelled.`)) again();
    }, 'quiet'));
  }
  if (output) buttons.push(button('Results', () => attempt(() => api.save(output, `${name}-results.jsonl`.replaceAll('/', '-'), line.project)), 'quiet'));
  if (errors) buttons.push(button('Errors', () => attempt(() => api.save(errors, `${name}-errors.jsonl`.replaceAll('/', '-'), line.project)), 'quiet'));
  return h('div', {class: 'actions'}, buttons);
}

export async function askBudget(line, again) {
  const values = await ask({
    title: `Budget of ${nameOf(line)}`, action: 'Set the budget',
    text: `Spent so far: ${money(line.cost.spent)}. When the budget is spent the batch is paused, never failed; raise it and the batch goes on.`,
    fields: [{name: 'dollars', label: 'US dollars', type: 'number', min: 0, step: 'any', value: line.budget ?? '', hint: 'Empty for no bound.'}],
  });
  if (!values) return;
  const dollars = values.dollars === '' ? null : Number(values.dollars);
  if (await attempt(() => api.put(batchPath(line, '/budget'), {dollars}), 'The budget is set.')) again();
}

/** The provider's sentence where its JSON has one, else the text as it is. */
export function message(detail) {
  if (!detail) return '–';
  const found = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(detail);
  try {
    return found ? JSON.parse(found[1]) : detail;
  } catch {
    return detail;
  }
}

/** What was said in a request or reply, as people read it; null where it is no chat. */
function turns(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const said = Array.isArray(json?.messages) ? json.messages : Array.isArray(json?.choices) ? json.choices.map((choice) => choice?.message) : null;
  const all = said?.map((one) => ({role: String(one?.role ?? ''), text: spoken(one?.content)}));
  return all?.length && all.every((one) => one.text !== null) ? all : null;
}

function spoken(content) {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? content.map((part) => (part?.type === 'text' ? part.text : null)) : [null];
  return parts.every((part) => typeof part === 'string') ? parts.join('\n') : null;
}

/** The last calls of a task, the oldest first. */
export function calls(history) {
  if (!history?.length) return null;
  return h('section', null, h('h2', null, 'Its calls'), h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, [['Began'], ['Worker'], ['HTTP status'], ['Ended'], ['Told to wait', 'number']].map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
    h('tbody', null, history.map((call) => h('tr', null, h('td', {class: 'nowrap'}, call.at.replace('T', ' ').replace('Z', '')), h('td', {class: 'nowrap'}, call.worker), h('td', null, call.status ?? '–'),
      h('td', null, words(call.code)), h('td', {class: 'number'}, call.told_ms == null ? '–' : millis(call.told_ms))))))));
}

/** A request or reply: as a conversation where it is one, and as it is. */
export function body(name, content) {
  const said = content.cut ? null : turns(content.text);
  const raw = h('pre', {class: 'panel code', tabindex: '0'}, pretty(content.text));
  return h('section', null, h('h2', null, name, h('small', {class: 'dim'}, ` ${bytes(content.bytes)}${content.cut ? ', its beginning' : ''}`)),
    said ? [h('div', {class: 'panel turns'}, said.map((one) => h('div', {class: 'turn'}, h('b', null, one.role), h('p', null, one.text)))), h('details', null, h('summary', null, 'As JSON'), raw)] : raw);
}
