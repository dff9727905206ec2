import {h} from '../dom.js';
import * as api from '../api.js';

let message = null;

/** The sign-in form. `error` says why the last key stopped working. */
export function login(onSignIn, error) {
  message = error ?? message;
  const submit = async (event) => {
    event.preventDefault();
    const {key, remember} = Object.fromEntries(new FormData(event.target));
    api.key.set(key.trim(), remember === 'on');
    try {
      await api.get('/api/status');
      message = null;
      onSignIn();
    } catch (failure) {
      api.key.clear();
      document.getElementById('login-error').textContent = failure.message;
    }
  };
  return h(
    'main',
    {class: 'login', id: 'main', 'data-key': 'login'},
    h(
      'form',
      {class: 'panel', onsubmit: submit},
      h('p', {class: 'brand'}, h('span', {class: 'mark', 'aria-hidden': 'true'}), 'Sluice'),
      h('h1', null, 'Sign in'),
      keyField(),
      h(
        'label',
        {class: 'check'},
        h('input', {name: 'remember', type: 'checkbox'}),
        'Keep me signed in on this browser',
      ),
      h('p', {id: 'login-error', class: 'error', role: 'alert'}, message ?? ''),
      h('button', {class: 'button primary full'}, 'Sign in'),
    ),
  );
}

const keyField = () =>
  h(
    'label',
    {class: 'field'},
    h('span', null, 'API key'),
    h('input', {
      name: 'key',
      type: 'password',
      required: true,
      autocomplete: 'current-password',
      autofocus: true,
      spellcheck: 'false',
    }),
    h(
      'small',
      null,
      'The key of your project, or the administrator’s key. ',
      h('code', null, './sluice dev'),
      ' writes it to ',
      h('code', null, '.sluice/api-key'),
      '.',
    ),
  );
