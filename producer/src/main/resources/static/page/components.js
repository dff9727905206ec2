// Components that several views use.

import {h} from './dom.js';
import {bytes, count, humanize, prettyJson} from './format.js';
import * as api from './api.js';
import {term} from './definitions.js';

const STATE_TONES = {
  blocked: 'grey',
  queued: 'grey',
  in_broker: 'blue',
  completed: 'green',
  failed: 'red',
  expired: 'amber',
  cancelled: 'grey',
};

export const badge = (text, tone = 'grey') => h('span', {class: `badge ${tone}`}, text);

export const taskStateBadge = (state) => badge(humanize(state), STATE_TONES[state]);

/** The address of a batch or task. Names the project if it is not the key's own. */
export const linkTo = (view, id, project, parameters = {}) =>
  `#/${view}/${encodeURIComponent(id)}${api.query({
    ...parameters,
    project: api.project.other(project),
  })}`;

/** The address of the dead letters that match the filter. */
export const deadLettersLink = (filter) => `#/dead-letters${api.query(filter)}`;

export const projectBadge = (project) =>
  api.project.other(project) ? badge(`project: ${project}`) : null;

export const emptyState = (title, text, ...actions) =>
  h(
    'div',
    {class: 'empty'},
    h('h2', null, title),
    h('p', null, text),
    actions.length ? h('p', null, actions) : null,
  );

export const loading = (text = 'Loading…') => h('p', {class: 'dim loading'}, text);

export const fact = (name, ...value) =>
  h('div', {class: 'fact'}, term(name, 'dt'), h('dd', null, value));

export const button = (text, onclick, kind = '') =>
  h('button', {type: 'button', class: `button ${kind}`, onclick}, text);

/** Columns are names, or pairs of name and CSS class. Narrow screens show the name in each cell. */
export function table(columns, rows, attributes = {}) {
  const named = columns.map((column) => [column].flat());
  for (const row of rows) {
    [...row.cells].forEach((cell, i) => {
      const [name] = named[i];
      if (typeof name === 'string') cell.setAttribute('data-label', name);
    });
  }
  return h(
    'div',
    {class: 'scroll'},
    h(
      'table',
      attributes,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          named.map(([name, style]) => columnHead(name, {class: style, scope: 'col'})),
        ),
      ),
      h('tbody', null, rows),
    ),
  );
}

const columnHead = (name, attributes) =>
  typeof name === 'string' ? term(name, 'th', attributes) : h('th', attributes, name);

/** Shows a message in the corner of the page. Screen readers announce it. */
export function toast(text, tone = '') {
  const note = h('p', {class: `toast ${tone}`}, text);
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), tone === 'red' ? 9000 : 4500);
}

/** Removes the messages of the page that the user leaves. */
export const dismissToasts = () => document.getElementById('toasts').replaceChildren();

/** Runs an action and shows a toast for its result. Returns null if it failed. */
export async function run(action, success) {
  try {
    const result = await action();
    if (success) toast(success, 'green');
    return result;
  } catch (failure) {
    toast(failure.message, 'red');
    return null;
  }
}

/** The message of a provider's JSON error, or the text itself. */
export function errorMessage(detail) {
  if (!detail) return '–';
  const found = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(detail);
  try {
    return found ? JSON.parse(found[1]) : detail;
  } catch {
    return detail;
  }
}

/** A request or response: as a conversation if it is a chat, and as JSON. */
export function payload(name, content) {
  const messages = content.truncated ? null : chatMessages(content.text);
  const size = `${bytes(content.bytes)}${content.truncated ? ', truncated' : ''}`;
  const raw = h('pre', {class: 'panel code', tabindex: '0'}, prettyJson(content.text));
  return h(
    'section',
    null,
    h('h2', null, name, h('small', {class: 'dim'}, ` ${size}`)),
    messages ? [conversation(messages), h('details', null, h('summary', null, 'JSON'), raw)] : raw,
  );
}

const conversation = (messages) =>
  h(
    'div',
    {class: 'panel conversation'},
    messages.map(({role, text}) =>
      h('div', {class: 'chat-message'}, h('b', null, role), h('p', null, text)),
    ),
  );

/** The chat messages of a request or response; null if it is not a chat. */
function chatMessages(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(json?.messages)
    ? json.messages
    : Array.isArray(json?.choices)
      ? json.choices.map((choice) => choice?.message)
      : null;
  const messages = list?.map((one) => ({
    role: String(one?.role ?? ''),
    text: messageText(one?.content),
  }));
  return messages?.length && messages.every(({text: t}) => t !== null) ? messages : null;
}

function messageText(content) {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const parts = content
    .filter((part) => part?.type !== 'thinking' && part?.type !== 'reasoning')
    .map((part) => (part?.type === 'text' ? part.text : null));
  return parts.every((part) => typeof part === 'string') ? parts.join('\n') : null;
}

/** A label and a bar that is filled in proportion. */
export const meter = (ratio, label) =>
  h(
    'span',
    {class: 'meter', role: label ? 'img' : null, 'aria-label': label, 'aria-hidden': !label},
    h('i', {'fill%': Math.min(100, 100 * ratio)}),
  );

export const countOrDash = (n) => (n ? count(n) : '–');
