// The shell: who may look, which page is shown, and the one stream that all of them live on.

import {h, patch} from './dom.js';
import * as api from './api.js';
import {clock} from './format.js';
import {login} from './views/login.js';
import {overview} from './views/overview.js';
import {batches} from './views/batches.js';
import {batch} from './views/batch.js';
import {task} from './views/task.js';
import {routes} from './views/routes.js';
import {deadLetters} from './views/dead.js';
import {create} from './views/create.js';

const PAGES = [
  {at: /^$/, view: overview, tab: 'overview'},
  {at: /^batches$/, view: batches, tab: 'batches'},
  {at: /^batches\/([^/]+)$/, view: batch, tab: 'batches'},
  {at: /^tasks\/([^/]+)$/, view: task, tab: 'batches'},
  {at: /^routes$/, view: routes, tab: 'routes'},
  {at: /^dead(?:\/([^/]+))?$/, view: deadLetters, tab: 'dead'},
  {at: /^new$/, view: create, tab: 'new'},
];
const TABS = [['overview', '#/', 'Overview'], ['batches', '#/batches', 'Batches'], ['routes', '#/routes', 'Routes'],
  ['dead', '#/dead', 'Dead letters'], ['new', '#/new', 'New batch']];

const state = {snapshot: null, history: {}, connected: false, problem: null, now: () => nowSeconds()};
const app = document.getElementById('app');
let stream = null;
let shown = null;

const nowSeconds = () => (state.snapshot ? Date.parse(state.snapshot.at) / 1000 : Date.now() / 1000);

function place() {
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?');
  for (const page of PAGES) {
    const found = page.at.exec(path);
    if (found) return {...page, path, params: found.slice(1).map((p) => p && decodeURIComponent(p)), search: new URLSearchParams(search)};
  }
  return {...PAGES[0], path: '', params: [], search: new URLSearchParams()};
}

function render() {
  if (!api.key.get()) {
    show(login(enter, state.problem));
    document.title = 'Sluice';
    return;
  }
  const page = place();
  const {title, node} = page.view({state, params: page.params, search: page.search, again: render});
  document.title = `${title} · Sluice`;
  show(h('div', {class: 'shell', 'data-key': 'shell'},
    h('header', {class: 'bar'},
      h('a', {class: 'brand', href: '#/'}, h('span', {class: 'mark', 'aria-hidden': 'true'}), 'Sluice'),
      h('nav', {'aria-label': 'Pages'}, TABS.map(([id, href, name]) => h('a', {href, 'aria-current': id === page.tab ? 'page' : null}, name))),
      h('div', {class: 'foot'}, health(), h('button', {type: 'button', class: 'link', onclick: leave}, 'Sign out'))),
    h('main', {id: 'main', tabindex: '-1', 'data-key': page.path}, warning(), node)));
  if (shown !== page.path) {
    if (shown !== null) { document.getElementById('main').focus({preventScroll: true}); window.scrollTo(0, 0); }
    shown = page.path;
  }
}

function show(node) {
  if (app.firstElementChild) patch(app.firstElementChild, node);
  else app.replaceChildren(node);
}

function health() {
  const status = state.snapshot?.status;
  const fine = state.connected && status?.broker.up && status?.database.up;
  return h('p', {class: 'health'}, h('span', {class: `dot ${fine ? 'green' : 'red'}`, 'aria-hidden': 'true'}),
    state.connected ? `live, ${clock(new Date(nowSeconds() * 1000))}` : 'not connected',
    status && h('span', {class: 'dim'}, `${status.version}`));
}

function warning() {
  const status = state.snapshot?.status;
  const problems = [];
  if (!state.connected && state.snapshot) problems.push(state.problem ?? 'The connection is lost; what you see is old. It is tried again.');
  if (status && !status.database.up) problems.push('The database is away: batches cannot be read. Tasks with the workers go on.');
  if (status && !status.broker.up) problems.push('RabbitMQ is away: tasks and outcomes wait until it is back.');
  return problems.map((text) => h('p', {class: 'warning', role: 'alert'}, text));
}

function enter() {
  state.problem = null;
  connect();
  render();
}

function leave() {
  api.key.forget();
  stream?.abort();
  state.snapshot = null;
  state.connected = false;
  render();
}

function heard(name, data) {
  if (name === 'history') {
    state.history = data;
    return;
  }
  state.snapshot = data;
  api.project.own = data.project ?? 'default';
  state.connected = true;
  state.problem = null;
  for (const [route, points] of Object.entries(data.points)) merge(route, points);
  if (!document.hidden) render();
}

function merge(route, points) {
  const known = (state.history[route] ??= []);
  for (const point of points) {
    const at = known.findIndex((p) => p.t === point.t);
    if (at < 0) known.push(point);
    else known[at] = point;
  }
  while (known.length > 200) known.shift();
}

async function connect() {
  stream?.abort();
  const mine = (stream = new AbortController());
  while (!mine.signal.aborted && api.key.get()) {
    try {
      await api.listen(heard, mine.signal);
    } catch (failure) {
      if (mine.signal.aborted) return;
      state.connected = false;
      if (failure.status === 401) {
        api.key.forget();
        state.problem = failure.message;
        render();
        return;
      }
      state.problem = failure.message;
      render();
      await new Promise((later) => setTimeout(later, 2000));
    }
  }
}

window.addEventListener('hashchange', render);
document.addEventListener('visibilitychange', () => { if (!document.hidden) render(); });
render();
api.askOtherTabs(enter);
if (api.key.get()) connect();
