// The frame of the administration pages: their menu, and the list that the page shows.

import {h} from './dom.js';
import * as api from './api.js';
import {button, loading} from './components.js';

const PAGES = [
  {id: 'keys', title: 'API keys'},
  {id: 'quotas', title: 'Quotas'},
  {id: 'webhooks', title: 'Webhooks'},
  {id: 'jobs', title: 'Bulk jobs'},
  {id: 'audit', title: 'Audit log'},
];

let list = null;

// A page that is opened again loads its list again.
window.addEventListener('hashchange', () => {
  list = null;
});

/** Whether the key is the administrator's; false while that is unknown. */
export const isAdmin = (state) => state.snapshot?.project === null;

/** Loads the list of the page again, and keeps the old one until then. */
export async function reload(path, render) {
  const current = {path, data: list?.path === path ? list.data : null, requestedAt: Date.now()};
  list = current;
  try {
    current.data = await api.get(path);
  } catch (failure) {
    current.error = failure.message;
  }
  render();
}

/** A page with the list of a path. `content` returns the elements for the response. */
export function adminPage({id, path, text, action, content, isOutdated, state, render}) {
  const {title} = PAGES.find((page) => page.id === id);
  if (list?.path !== path || (list.data && isOutdated?.(list))) reload(path, render);
  return {
    title,
    node: h(
      'div',
      {'data-key': `admin ${id}`},
      h(
        'div',
        {class: 'title'},
        h('h1', null, title),
        menu(id, isAdmin(state)),
        h(
          'div',
          {class: 'actions'},
          button('Refresh', () => reload(path, render), 'quiet'),
          action,
        ),
      ),
      h('p', {class: 'lead'}, text),
      list.error ? h('p', {class: 'error', role: 'alert'}, list.error) : shown(content),
    ),
  };
}

const shown = (content) => (list.data ? content(list.data) : loading());

/** Only the administrator sees the keys. */
const menu = (current, hasKeys) =>
  h(
    'nav',
    {class: 'switch', 'aria-label': 'Administration'},
    PAGES.filter(({id}) => hasKeys || id !== 'keys' || id === current).map(({id, title}) =>
      h('a', {href: `#/admin/${id}`, 'aria-current': id === current ? 'page' : null}, title),
    ),
  );
