// The cost of live calls in this month, by key and step.

import {h} from './dom.js';
import * as api from './api.js';
import {count, money, percent} from './format.js';
import {table} from './components.js';

/** The keys and steps whose live calls cost most; those without a price come first. */
export function liveCostTable(costs) {
  const hasProjects = costs.some((cost) => api.project.other(cost.project));
  const columns = [
    'Key',
    'Step',
    hasProjects && 'Project',
    ['Calls', 'number'],
    ['Prompt tokens', 'number'],
    ['From cache', 'number'],
    ['Reply tokens', 'number'],
    ['Cost', 'number'],
  ].filter(Boolean);
  const number = (...content) => h('td', {class: 'number'}, content);
  return table(
    columns,
    costs.map((cost) =>
      h(
        'tr',
        {'data-key': `${cost.project} ${cost.key} ${cost.step}`},
        h('td', {class: 'name'}, cost.key === 'admin' ? 'administrator' : cost.name),
        h('td', null, cost.step === '-' ? h('span', {class: 'dim'}, 'unnamed') : cost.step),
        hasProjects && h('td', null, cost.project),
        number(count(cost.calls)),
        number(count(cost.prompt_tokens)),
        number(cached(cost)),
        number(count(cost.completion_tokens)),
        number(cost.dollars === null ? h('span', {class: 'dim'}, 'no price') : money(cost.dollars)),
      ),
    ),
  );
}

const cached = (cost) =>
  cost.cached_tokens ? percent(cost.cached_tokens / cost.prompt_tokens) : '–';
