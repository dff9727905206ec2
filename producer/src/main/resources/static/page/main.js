// The application shell: sign-in, navigation and the event stream that all views share.

import {h, patch} from './dom.js';
import * as api from './api.js';
import {compact, plural, timeOfDay} from './format.js';
import {dismissToasts} from './components.js';
import {shortTime, time} from './times.js';
import {isHeld} from './route-status.js';
import {isAdmin} from './admin-page.js';
import {login} from './views/login.js';
import {overview} from './views/overview.js';
import {batches} from './views/batches.js';
import {batch} from './views/batch.js';
import {task} from './views/task.js';
import {routes} from './views/routes.js';
import {deadLetters} from './views/dead-letters.js';
import {deadLetter} from './views/dead-letter.js';
import {newBatch} from './views/new-batch.js';
import {keys} from './views/keys.js';
import {quotas} from './views/quotas.js';
import {webhooks} from './views/webhooks.js';
import {jobs} from './views/jobs.js';
import {audit} from './views/audit.js';
import {notFound} from './views/not-found.js';

const VIEWS = [
  {pattern: /^$/, view: overview, tab: 'overview'},
  {pattern: /^batches$/, view: batches, tab: 'batches'},
  {pattern: /^batches\/([^/]+)$/, view: batch, tab: 'batches'},
  {pattern: /^tasks\/([^/]+)$/, view: task, tab: 'batches'},
  {pattern: /^routes$/, view: routes, tab: 'routes'},
  {pattern: /^dead-letters$/, view: deadLetters, tab: 'dead-letters'},
  {pattern: /^dead-letters\/([^/]+)$/, view: deadLetter, tab: 'dead-letters'},
  {pattern: /^new-batch$/, view: newBatch, tab: 'new-batch'},
  {pattern: /^admin\/keys$/, view: keys, tab: 'admin'},
  {pattern: /^admin\/quotas$/, view: quotas, tab: 'admin'},
  {pattern: /^admin\/webhooks$/, view: webhooks, tab: 'admin'},
  {pattern: /^admin\/jobs$/, view: jobs, tab: 'admin'},
  {pattern: /^admin\/audit$/, view: audit, tab: 'admin'},
];
const TABS = [
  {id: 'overview', href: '#/', name: 'Overview'},
  {id: 'batches', href: '#/batches', name: 'Batches'},
  {id: 'routes', href: '#/routes', name: 'Routes'},
  {id: 'dead-letters', href: '#/dead-letters', name: 'Dead letters'},
  {id: 'new-batch', href: '#/new-batch', name: 'New batch'},
  {id: 'admin', href: '#/admin/quotas', adminHref: '#/admin/keys', name: 'Admin'},
];
const MAX_POINTS = 200;
const RECONNECT_DELAY_MS = 2000;

const state = {
  snapshot: null,
  history: {},
  isConnected: false,
  error: null,
  now: () => (state.snapshot ? Date.parse(state.snapshot.at) : Date.now()) / 1000,
};
const app = document.getElementById('app');
let stream = null;
let shownPath = null;

/** The view that the address names; the overview for an unknown address. */
function currentView() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  for (const entry of VIEWS) {
    const match = entry.pattern.exec(path);
    if (match) {
      const params = decoded(match.slice(1));
      const view = params ? entry.view : notFound;
      return {...entry, view, path, params, search: new URLSearchParams(search)};
    }
  }
  return {...VIEWS[0], path: '', params: [], search: new URLSearchParams()};
}

/** The decoded parts of an address; null if one has an invalid escape, such as %zz. */
function decoded(parts) {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return null;
  }
}

function render() {
  if (!api.key.get()) {
    show(login(onSignIn, state.error));
    document.title = 'Sluice';
    return;
  }
  const {view, tab, path, params, search} = currentView();
  const {title, node} = view({state, params, search, render});
  document.title = `${title} · Sluice`;
  show(
    h(
      'div',
      {class: 'shell', 'data-key': 'shell'},
      h('header', {class: 'sidebar'}, brand(), navigation(tab), footer()),
      h('main', {id: 'main', tabindex: '-1', 'data-key': path}, warnings(), node),
    ),
  );
  if (shownPath !== path) {
    if (shownPath !== null) {
      dismissToasts();
      document.getElementById('main').focus({preventScroll: true});
      window.scrollTo(0, 0);
    }
    shownPath = path;
  }
}

function show(node) {
  if (app.firstElementChild) patch(app.firstElementChild, node);
  else app.replaceChildren(node);
}

const brand = () =>
  h('a', {class: 'brand', href: '#/'}, h('span', {class: 'mark', 'aria-hidden': 'true'}), 'Sluice');

const navigation = (tab) =>
  h(
    'nav',
    {'aria-label': 'Pages'},
    TABS.map(({id, href, adminHref, name}) =>
      h(
        'a',
        {href: (isAdmin(state) && adminHref) || href, 'aria-current': id === tab ? 'page' : null},
        name,
        id === 'routes' && heldRouteCount(),
        id === 'dead-letters' && deadLetterCount(),
      ),
    ),
  );

function heldRouteCount() {
  const held = (state.snapshot?.routes ?? []).filter(isHeld).length;
  return menuCount(held, plural(held, 'held route'));
}

function deadLetterCount() {
  const open = state.snapshot?.dead_letters;
  return menuCount(open, plural(open, 'open dead letter'));
}

const menuCount = (n, label) =>
  n ? h('span', {class: 'count', title: label, 'aria-label': label}, compact(n)) : null;

function footer() {
  const status = state.snapshot?.status;
  const isHealthy = state.isConnected && status?.broker.up && status?.database.up;
  return h(
    'div',
    {class: 'footer'},
    h(
      'p',
      {class: 'connection'},
      h('span', {class: `dot ${isHealthy ? 'green' : 'red'}`, 'aria-hidden': 'true'}),
      h(
        'span',
        null,
        state.isConnected ? ['Connected, ', time(state.now(), timeOfDay)] : 'Not connected',
      ),
      status && h('span', {class: 'dim'}, status.version),
    ),
    h('button', {type: 'button', class: 'link', onclick: signOut}, 'Sign out'),
  );
}

function warnings() {
  const status = state.snapshot?.status;
  const texts = [];
  if (!state.isConnected && state.snapshot) {
    texts.push([
      'Connection lost. This data is from ',
      time(state.now(), shortTime),
      '. Reconnecting…',
    ]);
  }
  if (status && !status.database.up) {
    texts.push('PostgreSQL is unavailable: no batches are shown. Tasks in the broker still run.');
  }
  if (status && !status.broker.up) {
    texts.push('RabbitMQ is unavailable: tasks and results wait until it is available again.');
  }
  return texts.map((text) => h('p', {class: 'banner red', role: 'alert'}, text));
}

function onSignIn() {
  state.error = null;
  connect();
  render();
}

function signOut() {
  api.key.clear();
  stream?.abort();
  state.snapshot = null;
  state.isConnected = false;
  render();
}

function onEvent(name, data) {
  if (name === 'history') {
    state.history = data;
    return;
  }
  state.snapshot = data;
  api.project.own = data.project ?? 'default';
  state.isConnected = true;
  state.error = null;
  for (const [route, points] of Object.entries(data.points)) mergePoints(route, points);
  if (!document.hidden) render();
}

function mergePoints(route, points) {
  const known = (state.history[route] ??= []);
  for (const point of points) {
    const index = known.findIndex(({t}) => t === point.t);
    if (index < 0) known.push(point);
    else known[index] = point;
  }
  known.splice(0, known.length - MAX_POINTS);
}

async function connect() {
  stream?.abort();
  const current = new AbortController();
  stream = current;
  while (!current.signal.aborted && api.key.get()) {
    try {
      await api.subscribe(onEvent, current.signal);
    } catch (failure) {
      if (current.signal.aborted) return;
      onDisconnect(failure);
      if (failure.status === 401) return;
      await new Promise((resume) => setTimeout(resume, RECONNECT_DELAY_MS));
    }
  }
}

function onDisconnect(failure) {
  state.isConnected = false;
  state.error = failure.message;
  if (failure.status === 401) api.key.clear();
  render();
}

window.addEventListener('hashchange', render);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) render();
});
render();
api.shareKeyBetweenTabs(onSignIn);
if (api.key.get()) connect();
