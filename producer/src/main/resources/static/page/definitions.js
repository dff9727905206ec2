// The terms of the pages, as in docs/pages.md. A tooltip shows the definition.

import {h} from './dom.js';

const DEFINITIONS = {
  Queued: 'Tasks of batches that wait in PostgreSQL. They are not in RabbitMQ yet.',
  'In broker':
    'Tasks of batches that are in RabbitMQ and not finished: ready, delayed, or delivered to a ' +
    'worker and not acknowledged.',
  Waiting:
    'Live calls and tasks that a worker has received, and that wait for the rate limit, for ' +
    'concurrency or for the end of a hold. The tasks of batches among them are also counted as ' +
    'In broker.',
  'Running calls':
    'Calls to the provider that have no response yet, of batches and of live callers.',
  'Finished calls': 'Calls to the provider that have finished, with any result.',
  '429s': 'Responses of the provider with status 429: its rate limit was exceeded. Sluice retries.',
  'Unfinished calls':
    'Live calls that wait or run, or whose client has not received the whole reply yet.',
  'Avg. wait': 'The time in Sluice, without the call to the provider.',
  'Limit storage': 'Where the workers keep the state of the limits.',
  'Limit per minute': 'The limit of the provider, and how Sluice knows it.',
  'Target rate per minute':
    'The rate at which all workers together send now. It is 0 while the route is held.',
  'Remaining quota':
    'What the provider stated as remaining in its last response. It is unknown if the provider ' +
    'does not state it.',
  Rate: 'Finished tasks of this batch, measured over the last minute.',
  'Time left':
    'Estimated from the unfinished tasks of all batches on the route and its target rate.',
  'Cost estimate':
    'Estimated from the requests: from prompts without answers, to answers of the maximum length.',
  Attempts: 'Calls that count towards the maximum number of attempts. A 429 does not count.',
};

/** The name of a value, with its definition as the tooltip. */
export const term = (name, tag = 'span', attributes = {}) =>
  h(
    tag,
    {
      ...attributes,
      class: [attributes.class, DEFINITIONS[name] && 'term'].filter(Boolean).join(' ') || null,
      title: DEFINITIONS[name],
    },
    name,
  );
