import {h} from '../dom.js';
import * as api from '../api.js';
import {bytes, count, money, plural} from '../format.js';
import {attempt, say} from '../parts.js';

const form = {kind: 'file', file: null, documents: [], prompt: '', model: '', maxTokens: '', name: '', found: '', window: '24h', priority: '10', budget: '', endpoint: '/v1/chat/completions', uploaded: null, estimate: null, busy: false};

export function create({state, again}) {
  const models = [...new Set((state.snapshot?.routes ?? []).flatMap((route) => route.models))];
  return {title: 'New batch', node: h('div', {'data-key': 'new'}, h('h1', null, 'New batch'),
    h('div', {class: 'steps'},
      h('section', {class: 'panel'}, h('h2', null, '1. What is to be asked'), kinds(again), form.kind === 'file' ? fileStep(again) : documentStep(models, again)),
      h('section', {class: 'panel'}, h('h2', null, '2. Check and estimate'), check(again)),
      form.estimate?.tasks ? h('section', {class: 'panel'}, h('h2', null, '3. Start'), start(again)) : null))};
}

const kinds = (again) => h('div', {class: 'switch', role: 'radiogroup', 'aria-label': 'What you have'},
  [['file', 'A batch file (JSONL)'], ['documents', 'Documents and a prompt']].map(([kind, name]) => h('button', {type: 'button', role: 'radio', 'aria-checked': String(form.kind === kind), onclick: () => { form.kind = kind; reset(); again(); }}, name)));

/** What somebody has typed stays. */
const name = (found) => { if (found && (!form.name || form.name === form.found)) form.name = form.found = found; };

const reset = () => { form.uploaded = null; form.estimate = null; };

function drop(id, hint, multiple, take, again) {
  const taken = (files) => { take([...files]); reset(); again(); };
  return h('label', {class: 'drop', for: id, 'data-key': id,
    ondragover: (event) => { event.preventDefault(); event.currentTarget.classList.add('over'); },
    ondragleave: (event) => event.currentTarget.classList.remove('over'),
    ondrop: (event) => { event.preventDefault(); event.currentTarget.classList.remove('over'); taken(event.dataTransfer.files); }},
    h('input', {id, type: 'file', multiple, onchange: (event) => taken(event.target.files)}), h('span', null, hint));
}

const fileStep = (again) => h('div', null,
  drop('drop-file', form.file ? `${form.file.name}, ${bytes(form.file.size)}. Drop another one to change it.` : 'Drop a JSONL file here, or choose one.', false, ([file]) => { form.file = file ?? null; name(file?.name.replace(/\.jsonl$/, '')); }, again),
  h('p', {class: 'dim'}, 'Each line: ', h('code', null, '{"custom_id", "method": "POST", "url", "body": {"model", …}}'), ', as OpenAI’s Batch API takes it.'),
  field('Endpoint', 'endpoint', again, {options: ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/moderations', '/v1/responses']}));

const documentStep = (models, again) => h('div', null,
  drop('drop-documents', form.documents.length ? `${plural(form.documents.length, 'document')}, ${bytes(form.documents.reduce((n, d) => n + d.size, 0))}. Drop others to change them.` : 'Drop text documents here, or choose them.', true, (files) => { form.documents = files; name('documents'); }, again),
  field('Prompt', 'prompt', again, {rows: 3, placeholder: 'Summarise this report in three sentences.'}),
  h('div', {class: 'pair'}, field('Model', 'model', again, {list: models, placeholder: models.find((m) => !m.endsWith('*')) ?? ''}), field('Longest reply, in tokens', 'maxTokens', again, {type: 'number', min: 1, placeholder: 'as the model likes'})));

function field(label, name, again, {options, rows, list, ...attributes} = {}) {
  const change = (event) => { form[name] = event.target.value; if (['prompt', 'model', 'maxTokens', 'endpoint'].includes(name) && form.estimate) { reset(); again(); } };
  const input = options ? h('select', {onchange: change}, options.map((value) => h('option', {value, selected: value === form[name]}, value)))
    : rows ? h('textarea', {rows, oninput: change, ...attributes}, form[name])
      : h('input', {value: form[name], oninput: change, list: list && `${name}-list`, ...attributes});
  return h('label', {class: 'field', 'data-key': name}, h('span', null, label), input, list && h('datalist', {id: `${name}-list`}, list.map((value) => h('option', {value}))));
}

function check(again) {
  const ready = () => form.kind === 'file' ? form.file : form.documents.length && form.prompt.trim() && form.model.trim();
  return h('div', null, h('p', null, 'The file is stored and read; nothing is called yet.'),
    h('button', {type: 'button', class: 'button primary', disabled: form.busy, onclick: () => (ready() ? estimate(again) : say(form.kind === 'file' ? 'Choose a file first.' : 'Documents, a prompt and a model are needed.', 'red'))}, form.busy ? 'Reading…' : 'Check it'),
    form.estimate ? found(form.estimate) : null);
}

function found(estimate) {
  if (estimate.errors.length) {
    return h('div', {class: 'found'}, h('p', {class: 'problem', role: 'alert'}, `${plural(estimate.errors.length, 'error')}${estimate.errors.length >= 100 ? ' at least' : ''}. Nothing is started before all lines are right.`),
      h('div', {class: 'scroll tall'}, h('table', null, h('thead', null, h('tr', null, h('th', {class: 'number', scope: 'col'}, 'Line'), h('th', {scope: 'col'}, 'What is wrong'), h('th', {scope: 'col'}, 'Code'))),
        h('tbody', null, estimate.errors.map((e) => h('tr', null, h('td', {class: 'number'}, e.line ?? '–'), h('td', null, e.message), h('td', null, h('code', null, e.code))))))));
  }
  const {least, most, as_of: asOf, note} = estimate.cost;
  return h('div', {class: 'found'}, h('p', {class: 'good', role: 'status'}, `${plural(estimate.tasks, 'task')}, all lines are right. `,
    most === null ? 'What it costs is not known: a model has no price in the settings.' : h('b', null, `${money(least)} to ${money(most)}`), most === null ? null : `, by ${note ?? `the prices of ${asOf}`}. The upper end is every reply as long as it may be.`),
    h('div', {class: 'scroll'}, h('table', null, h('thead', null, h('tr', null, [['Model'], ['Route'], ['Tasks', 'number'], ['Prompt tokens', 'number'], ['Reply tokens, at most', 'number'], ['At most', 'number']].map(([name, c]) => h('th', {class: c, scope: 'col'}, name)))),
      h('tbody', null, estimate.models.map((m) => h('tr', null, h('td', null, m.model), h('td', null, m.route), h('td', {class: 'number'}, count(m.tasks)), h('td', {class: 'number'}, count(m.prompt_tokens)), h('td', {class: 'number'}, count(m.reply_tokens)), h('td', {class: 'number'}, money(m.cost.most))))))));
}

const start = (again) => h('div', null,
  h('div', {class: 'pair'}, field('Name', 'name', again, {maxlength: 200}), field('Completion window', 'window', again, {placeholder: '24h'})),
  h('div', {class: 'pair'}, field('Priority, 1 to 100', 'priority', again, {type: 'number', min: 1, max: 100}), field('Budget in US dollars', 'budget', again, {type: 'number', min: 0, step: 'any', placeholder: 'none'})),
  h('button', {type: 'button', class: 'button primary', disabled: form.busy, onclick: () => begin(again)}, `Start ${plural(form.estimate.tasks, 'task')}`));

/** Documents become the lines that `sluice summarize` makes of them. */
async function lines() {
  const texts = await Promise.all(form.documents.map(async (file) => ({name: file.webkitRelativePath || file.name, text: await file.text()})));
  const seen = new Map();
  return texts.map(({name, text}) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const body = {model: form.model.trim(), messages: [{role: 'user', content: `${form.prompt.trim()}\n\n${text}`}]};
    if (form.maxTokens) body.max_tokens = Number(form.maxTokens);
    return JSON.stringify({custom_id: times > 1 ? `${name} (${times})` : name, method: 'POST', url: '/v1/chat/completions', body});
  }).join('\n');
}

async function estimate(again) {
  form.busy = true;
  again();
  await attempt(async () => {
    const content = form.kind === 'file' ? form.file : new Blob([await lines()]);
    const endpoint = form.kind === 'file' ? form.endpoint : '/v1/chat/completions';
    form.uploaded = await api.upload(form.kind === 'file' ? form.file.name : 'documents.jsonl', content);
    form.estimate = await api.post('/api/estimate', {input_file_id: form.uploaded.id, endpoint});
  });
  form.busy = false;
  again();
}

async function begin(again) {
  form.busy = true;
  const made = await attempt(() => api.post('/v1/batches', {
    input_file_id: form.uploaded.id, endpoint: form.kind === 'file' ? form.endpoint : '/v1/chat/completions', completion_window: form.window || '24h',
    priority: Number(form.priority) || 10, budget: form.budget === '' ? null : Number(form.budget), metadata: form.name.trim() ? {name: form.name.trim()} : null,
  }), 'The batch has begun.');
  form.busy = false;
  if (made) {
    Object.assign(form, {file: null, documents: [], name: '', budget: ''});
    reset();
    location.hash = `#/batches/${made.id}`;
  } else again();
}

