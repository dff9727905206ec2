import {h} from '../dom.js';
import * as api from '../api.js';

let problem = null;

/** Asks for the API key. */
export function login(enter, told) {
  problem = told ?? problem;
  return h('main', {class: 'login', id: 'main', 'data-key': 'login'},
    h('form', {class: 'panel', onsubmit: async (event) => {
      event.preventDefault();
      const {key, keep} = Object.fromEntries(new FormData(event.target));
      api.key.set(key.trim(), keep === 'on');
      try {
        await api.get('/api/status');
        problem = null;
        enter();
      } catch (failure) {
        api.key.forget();
        document.getElementById('login-problem').textContent = failure.message;
      }
    }},
      h('p', {class: 'brand'}, h('span', {class: 'mark', 'aria-hidden': 'true'}), 'Sluice'),
      h('h1', null, 'Sign in'),
      h('label', {class: 'field'}, h('span', null, 'API key'),
        h('input', {name: 'key', type: 'password', required: true, autocomplete: 'current-password', autofocus: true, spellcheck: 'false'}),
        h('small', null, 'That of your project, or the administrator’s. ', h('code', null, './sluice dev'), ' keeps it in ', h('code', null, '.sluice/api-key'), '.')),
      h('label', {class: 'check'}, h('input', {name: 'keep', type: 'checkbox'}), 'Keep it in this browser'),
      h('p', {id: 'login-problem', class: 'problem', role: 'alert'}, problem ?? ''),
      h('button', {class: 'button primary wide'}, 'Sign in')));
}
