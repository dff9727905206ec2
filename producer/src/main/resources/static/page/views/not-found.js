import {h} from '../dom.js';
import {emptyState} from '../components.js';

/** The view of an address with an invalid escape sequence. */
export const notFound = () => ({
  title: 'Not found',
  node: h(
    'div',
    {'data-key': 'not-found'},
    h('h1', null, 'Not found'),
    emptyState(
      'Invalid address',
      'It has an invalid escape, such as %zz.',
      h('a', {href: '#/'}, 'Overview'),
    ),
  ),
});
