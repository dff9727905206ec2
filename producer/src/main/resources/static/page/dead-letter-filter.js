// The filter of the dead letters. It is part of the address, so that a link shows the same rows.

import {h} from './dom.js';
import {count, humanize} from './format.js';
import {deadLettersLink} from './components.js';
import {batchName} from './batch-components.js';

const NAMES = ['route', 'batch', 'model', 'code', 'text', 'task', 'custom_id', 'since', 'until'];

export const readFilter = (search) =>
  Object.fromEntries(NAMES.map((name) => [name, search.get(name) ?? '']));

export const hasFilter = (filter) => NAMES.some((name) => filter[name]);

export const address = (filter, status) =>
  deadLettersLink({...filter, state: status === 'open' ? '' : status});

/** The controls of the filter. `context` has what the options are taken from. */
export function filterForm({filter, status, render}, context) {
  const apply = (changes) => {
    location.hash = address({...filter, ...changes}, status);
    render();
  };
  const onChange = (name) => (event) => apply({[name]: event.target.value.trim()});
  const onTime = (name) => (event) => apply({[name]: toUtc(event.target.value)});
  const select = (label, name, options) =>
    field(
      label,
      h(
        'select',
        {onchange: onChange(name)},
        withCurrent(options, filter[name]).map(([value, text]) =>
          h('option', {value, selected: value === filter[name]}, text),
        ),
      ),
    );
  const input = (label, name, attributes) =>
    field(label, h('input', {value: filter[name], onchange: onChange(name), ...attributes}));
  const time = (label, name) =>
    field(
      label,
      h('input', {
        type: 'datetime-local',
        value: toLocal(filter[name]),
        onchange: onTime(name),
      }),
    );
  return h(
    'form',
    {class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault()},
    select('Route', 'route', names(routes(context).map((route) => route.name))),
    select('Failure code', 'code', codes(context)),
    select('Batch', 'batch', batches(context)),
    input('Model', 'model', {list: 'models', placeholder: 'All'}),
    h(
      'datalist',
      {id: 'models'},
      models(context).map((value) => h('option', {value})),
    ),
    input('Message', 'text', {type: 'search', placeholder: 'contains …'}),
    time('From', 'since'),
    time('To', 'until'),
    hasFilter(filter) &&
      h('a', {class: 'button quiet', href: address({}, status)}, 'Clear filters'),
  );
}

const field = (label, control) =>
  h('label', {class: 'field', 'data-key': label}, h('span', null, label), control);

const names = (list) => [...new Set(list)].sort().map((name) => [name, name]);

const routes = ({snapshot}) => snapshot?.routes ?? [];

const codes = ({groups}) =>
  names((groups ?? []).map((group) => group.failure_code)).map(([code]) => [code, humanize(code)]);

const batches = ({snapshot}) =>
  (snapshot?.batches ?? [])
    .filter(({progress}) => progress.failed > 0)
    .map((batch) => [batch.progress.id, `${batchName(batch)} (${count(batch.progress.failed)})`]);

const models = (context) => [
  ...new Set([
    ...routes(context)
      .flatMap((route) => route.models)
      .filter((m) => !m.includes('*')),
    ...(context.rows ?? []).map((row) => row.model),
  ]),
];

/** The options, with the current value even if it is not among them. */
const withCurrent = (options, value) => [
  ['', 'All'],
  ...options,
  ...(value && !options.some(([option]) => option === value) ? [[value, value]] : []),
];

/** A time of the address, such as 2026-11-30T08:15Z, in the local time of an input. */
function toLocal(utc) {
  const date = new Date(utc);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const toUtc = (local) => (local ? `${new Date(local).toISOString().slice(0, 16)}Z` : '');

const toSeconds = (utc) => {
  const seconds = Date.parse(utc) / 1000;
  return Number.isNaN(seconds) ? '' : String(seconds);
};

/** The filter as the API takes it, without empty values. */
export const toApiFilter = (filter) =>
  Object.fromEntries(
    Object.entries({
      ...filter,
      since: toSeconds(filter.since),
      until: toSeconds(filter.until),
    }).filter(([, value]) => value),
  );
