import {h} from '../dom.js';
import {empty} from '../parts.js';

export function deadLetters() {
  return {title: 'Dead letters', node: h('div', {'data-key': 'dead'}, h('h1', null, 'Dead letters'), empty('No dead letters', 'What cannot succeed comes here, with its request and the provider’s error.'))};
}
