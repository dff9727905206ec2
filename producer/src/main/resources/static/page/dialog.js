// Modal dialogs.

import {h} from './dom.js';
import {button} from './components.js';

/** The fields of every action that is recorded in the audit log. */
export const REASON_FIELD = {
  name: 'reason',
  label: 'Reason (kept in the audit log)',
  maxlength: 500,
  required: true,
};

export const operatorField = () => ({
  name: 'operator',
  label: 'Operator (optional)',
  hint: 'Your name, for the audit log.',
  maxlength: 200,
  value: sessionStorage.getItem('sluice.operator') ?? '',
});

/**
 * Opens a form in a dialog. Resolves to its values, or to null if it was dismissed. Without a
 * `dismiss` it has only the button of the action.
 */
export function openDialog({title, text, fields = [], action, dismiss = 'Cancel', kind, wide}) {
  return new Promise((resolve) => {
    let values = null;
    const submit = (event) => {
      event.preventDefault();
      values = Object.fromEntries(new FormData(event.target));
      if (values.operator) sessionStorage.setItem('sluice.operator', values.operator);
      dialog.close();
    };
    const onclose = () => {
      dialog.remove();
      resolve(values);
    };
    const dialog = h(
      'dialog',
      {'aria-labelledby': 'dialog-title', class: wide ? 'wide' : null, onclose},
      h(
        'form',
        {onsubmit: submit},
        h('h2', {id: 'dialog-title'}, title),
        text && h('p', null, text),
        fields.map(dialogField),
        h(
          'div',
          {class: 'actions'},
          dismiss && button(dismiss, () => dialog.close()),
          h('button', {class: `button ${kind ?? 'primary'}`}, action),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
    focusFirst(dialog);
  });
}

/** Selects a short value for replacement. A long one keeps its text and starts at the top. */
function focusFirst(dialog) {
  const control = dialog.querySelector('input, textarea');
  if (control?.nodeName === 'INPUT') control.select();
  else control?.setSelectionRange(0, 0);
  control?.focus();
}

function dialogField({label, hint, rows, value = '', type = 'text', ...attributes}) {
  const input = rows
    ? h('textarea', {rows, class: 'code', spellcheck: 'false', ...attributes}, value)
    : h('input', {type, value, ...attributes});
  return h(
    'label',
    {class: 'field'},
    h('span', null, label),
    input,
    hint && h('small', null, hint),
  );
}
