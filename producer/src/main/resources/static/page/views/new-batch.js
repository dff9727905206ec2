import {h} from '../dom.js';
import * as api from '../api.js';
import {bytes, count, money, plural} from '../format.js';
import {run, table, toast} from '../components.js';
import {readDocuments} from '../document-text.js';
import {batchRequest, documentLines, parameters, sampleOf} from '../batch-request.js';
import {samplePath, sizesOf, storedSamples, storeSample} from '../samples.js';
import {sampleView} from './sample.js';

const CHAT = '/v1/chat/completions';
const ENDPOINTS = [
  CHAT,
  '/v1/completions',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/moderations',
  '/v1/responses',
];
const KINDS = [
  ['file', 'Batch file (JSONL)'],
  ['documents', 'Documents and a prompt'],
];
// A change of one of these makes the estimate invalid.
const REQUEST_FIELDS = ['prompt', 'model', 'maxTokens', 'parameters', 'partial', 'endpoint'];
const CUT_OFF = [
  ['keep', 'Keep, marked in the results'],
  ['fail', 'Fail the task'],
];
const TIERS = [
  ['', 'Default of the route'],
  ['standard', 'Standard'],
  ['flex', 'Flex: cheaper and slower'],
];
const PARTIAL = [
  ['fail', 'Fail the document'],
  ['keep', 'Keep the answer from its other parts'],
];
const EXAMPLE_LINE =
  '{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", ' +
  '"body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "…"}]}}';
const FORMATS = 'plain text, PDF, DOCX, PPTX, XLSX, ODT, EPUB, HTML, RTF, e-mail (EML)';
const DOCUMENTS_FILE = 'documents.jsonl';
const MAX_ERRORS = 100;

// The options of one batch; the next one begins with these again.
const OPTIONS = {
  name: '',
  completionWindow: '24h',
  priority: '10',
  budget: '',
  cutOff: 'keep',
  stopFailed: '25',
  stopOfFirst: '100',
  reuse: '',
  tier: '',
  schema: '',
  reAsk: '',
  sampleSize: '',
};

const form = {
  kind: 'file',
  file: null,
  documents: [],
  unreadable: [],
  incomplete: [],
  long: 0,
  contextTokens: 0,
  prompt: '',
  model: '',
  maxTokens: '',
  parameters: '',
  partial: 'fail',
  suggestedName: '',
  ...OPTIONS,
  endpoint: CHAT,
  lines: null,
  uploaded: null,
  estimate: null,
  isBusy: false,
};

/** Submits a batch in three steps: input, validation with an estimate, start. */
export function newBatch({state, search, render}) {
  const sample = search.get('sample');
  if (sample) return sampleView(sample, state, render, resetForm);
  const models = [...new Set((state.snapshot?.routes ?? []).flatMap((route) => route.models))];
  const step = (title, ...content) => h('section', {class: 'panel'}, h('h2', null, title), content);
  return {
    title: 'New batch',
    node: h(
      'div',
      {'data-key': 'new-batch'},
      h('h1', null, 'New batch'),
      storedSamples().map(undecidedSample),
      h(
        'div',
        {class: 'steps'},
        step(
          '1. Input',
          kindSwitch(render),
          form.kind === 'file' ? fileInput(render) : documentInput(models, render),
        ),
        step('2. Validate and estimate', validation(state, render)),
        form.estimate?.tasks ? step('3. Start', startForm(render)) : null,
      ),
    ),
  };
}

const undecidedSample = ({batch, size, total}) =>
  h(
    'p',
    {class: 'banner amber', 'data-key': batch},
    `A sample of ${count(size)} of ${plural(total, 'document')} was started. `,
    h('a', {href: samplePath(batch)}, 'Open the sample'),
  );

function kindSwitch(render) {
  const choose = (kind) => () => {
    form.kind = kind;
    resetEstimate();
    render();
  };
  return h(
    'div',
    {class: 'switch', role: 'radiogroup', 'aria-label': 'Input type'},
    KINDS.map(([kind, name]) =>
      h(
        'button',
        {
          type: 'button',
          role: 'radio',
          'aria-checked': String(form.kind === kind),
          onclick: choose(kind),
        },
        name,
      ),
    ),
  );
}

/** Suggests a name; a name that the user has typed is kept. */
function suggestName(name) {
  if (!name || (form.name && form.name !== form.suggestedName)) return;
  form.name = name;
  form.suggestedName = name;
}

function resetEstimate() {
  form.unreadable = [];
  form.incomplete = [];
  form.long = 0;
  form.lines = null;
  form.uploaded = null;
  form.estimate = null;
}

function dropZone(id, hint, multiple, onFiles, render) {
  const take = (files) => {
    onFiles([...files]);
    resetEstimate();
    render();
  };
  const highlight = (element, isOver) => element.classList.toggle('over', isOver);
  return h(
    'label',
    {
      class: 'drop-zone',
      for: id,
      'data-key': id,
      ondragover: (event) => {
        event.preventDefault();
        highlight(event.currentTarget, true);
      },
      ondragleave: (event) => highlight(event.currentTarget, false),
      ondrop: (event) => {
        event.preventDefault();
        highlight(event.currentTarget, false);
        take(event.dataTransfer.files);
      },
    },
    h('input', {id, type: 'file', multiple, onchange: (event) => take(event.target.files)}),
    h('span', null, hint),
  );
}

function fileInput(render) {
  const {file} = form;
  const hint = file
    ? `${file.name}, ${bytes(file.size)}. Drop another file to replace it.`
    : 'Drop a JSONL file here, or click to choose one.';
  const onFiles = ([chosen]) => {
    form.file = chosen ?? null;
    suggestName(chosen?.name.replace(/\.jsonl$/, ''));
  };
  return h(
    'div',
    null,
    dropZone('drop-file', hint, false, onFiles, render),
    h(
      'p',
      {class: 'dim'},
      'One request per line in the format of OpenAI’s Batch API: ',
      h('code', null, EXAMPLE_LINE),
    ),
    field('Endpoint', 'endpoint', render, {options: ENDPOINTS}),
  );
}

function documentInput(models, render) {
  const {documents} = form;
  const size = documents.reduce((sum, file) => sum + file.size, 0);
  const hint = documents.length
    ? `${plural(documents.length, 'document')}, ${bytes(size)}. Drop other files to replace them.`
    : `Drop documents here, or click to choose them: ${FORMATS}.`;
  const onFiles = (files) => {
    form.documents = files;
    suggestName('documents');
  };
  return h(
    'div',
    null,
    dropZone('drop-documents', hint, true, onFiles, render),
    field('Prompt', 'prompt', render, {
      rows: 3,
      placeholder: 'Summarise this report in three sentences.',
    }),
    h(
      'div',
      {class: 'field-pair'},
      field('Model', 'model', render, {
        list: models,
        placeholder: models.find((model) => !model.endsWith('*')) ?? '',
      }),
      field('Max. output tokens', 'maxTokens', render, {
        type: 'number',
        min: 1,
        placeholder: 'model default',
      }),
    ),
    field('Additional request members (JSON)', 'parameters', render, {
      placeholder: '{"temperature": 0}',
    }),
    field('If a part of a long document fails', 'partial', render, {options: PARTIAL}),
  );
}

function field(label, name, render, {options, rows, list, ...attributes} = {}) {
  const onInput = (event) => {
    form[name] = event.target.value;
    if (REQUEST_FIELDS.includes(name) && form.estimate) {
      resetEstimate();
      render();
    }
  };
  const option = (choice) => {
    const [value, text] = Array.isArray(choice) ? choice : [choice, choice];
    return h('option', {value, selected: value === form[name]}, text);
  };
  let control;
  if (options) control = h('select', {onchange: onInput}, options.map(option));
  else if (rows) control = h('textarea', {rows, oninput: onInput, ...attributes}, form[name]);
  else {
    const listId = list && `${name}-list`;
    control = h('input', {value: form[name], oninput: onInput, list: listId, ...attributes});
  }
  return h(
    'label',
    {class: 'field', 'data-key': name},
    h('span', null, label),
    control,
    list &&
      h(
        'datalist',
        {id: `${name}-list`},
        list.map((value) => h('option', {value})),
      ),
  );
}

function validation(state, render) {
  const onclick = () => {
    const missing = missingInput();
    if (missing) toast(missing, 'red');
    else validate(state, render);
  };
  return h(
    'div',
    null,
    h('p', null, 'Uploads the input and validates every line. No provider call is made.'),
    h(
      'button',
      {type: 'button', class: 'button primary', disabled: form.isBusy, onclick},
      form.isBusy ? 'Validating…' : 'Validate',
    ),
    form.unreadable.length ? unreadableDocuments(state, render) : null,
    form.incomplete.map(({name, message}) => h('p', {class: 'dim note'}, `${name} ${message}`)),
    form.long ? h('p', {class: 'dim note'}, longDocuments(form)) : null,
    form.estimate && validationResult(form.estimate),
  );
}

const longDocuments = ({long, contextTokens}) =>
  `${plural(long, 'document is', 'documents are')} longer than the context length of ` +
  `${count(contextTokens)} tokens and will be split into parts, one task for each.`;

/** What the user still has to enter; null if the input is complete. */
function missingInput() {
  if (form.kind === 'file') return form.file ? null : 'Choose a file first.';
  const isComplete = form.documents.length && form.prompt.trim() && form.model.trim();
  if (!isComplete) return 'Documents, a prompt and a model are required.';
  try {
    parameters(form);
    return null;
  } catch (invalid) {
    return invalid.message;
  }
}

function unreadableDocuments(state, render) {
  const {unreadable} = form;
  const onclick = () => {
    const left = new Set(unreadable.map(({file}) => file));
    form.documents = form.documents.filter((file) => !left.has(file));
    resetEstimate();
    render();
    if (form.documents.length) validate(state, render);
  };
  const rows = unreadable.map(({name, message}) =>
    h('tr', null, h('td', null, name), h('td', {class: 'text'}, message)),
  );
  return h(
    'div',
    {class: 'validation'},
    h(
      'p',
      {class: 'error', role: 'alert'},
      `${plural(unreadable.length, 'document')} cannot be read. Nothing was uploaded.`,
    ),
    h('div', {class: 'tall'}, table(['Document', 'Problem'], rows)),
    h(
      'button',
      {type: 'button', class: 'button', disabled: form.isBusy, onclick},
      'Exclude them and validate',
    ),
  );
}

const validationResult = (estimate) =>
  h(
    'div',
    {class: 'validation'},
    estimate.errors.length ? validationErrors(estimate.errors) : estimatedCost(estimate),
  );

function validationErrors(errors) {
  const number = `${errors.length >= MAX_ERRORS ? 'At least ' : ''}${plural(
    errors.length,
    'validation error',
  )}`;
  const rows = errors.map(({line, message, code}) =>
    h(
      'tr',
      null,
      h('td', {class: 'number'}, line ?? '–'),
      h('td', {class: 'text'}, message),
      h('td', null, h('code', null, code)),
    ),
  );
  return [
    h('p', {class: 'error', role: 'alert'}, `${number}. Fix them, then validate again.`),
    h('div', {class: 'tall'}, table([['Line', 'number'], 'Error', 'Code'], rows)),
  ];
}

function estimatedCost({tasks, models, cost}) {
  const {min, max, as_of: asOf, note} = cost;
  const number = (text) => h('td', {class: 'number'}, text);
  const columns = [
    'Model',
    'Route',
    ['Tasks', 'number'],
    ['Prompt tokens', 'number'],
    ['Max. output tokens', 'number'],
    ['Max. cost', 'number'],
  ];
  return [
    h(
      'p',
      {class: 'success', role: 'status'},
      `${plural(tasks, 'task')}, all valid. `,
      max === null
        ? 'The cost is unknown: a model has no configured price.'
        : [
            h('b', null, `Estimated cost: ${money(min)} to ${money(max)}`),
            `, with ${note ?? `prices as of ${asOf}`}. The maximum assumes the longest responses.`,
          ],
    ),
    table(
      columns,
      models.map((model) =>
        h(
          'tr',
          null,
          h('td', null, model.model),
          h('td', null, model.route),
          number(count(model.tasks)),
          number(count(model.prompt_tokens)),
          number(count(model.completion_tokens)),
          number(money(model.cost.max)),
        ),
      ),
    ),
  ];
}

const startForm = (render) =>
  h(
    'div',
    null,
    h(
      'div',
      {class: 'field-pair'},
      field('Name', 'name', render, {maxlength: 200}),
      field('Completion window', 'completionWindow', render, {placeholder: '24h'}),
      field('Priority (1 to 100)', 'priority', render, {type: 'number', min: 1, max: 100}),
      field('Budget in US dollars', 'budget', render, {
        type: 'number',
        min: 0,
        step: 'any',
        placeholder: 'none',
      }),
      field('Stop condition: pause after N or N% failed tasks', 'stopFailed', render, {
        placeholder: 'never',
      }),
      field('Count failures only among the first N tasks', 'stopOfFirst', render, {
        type: 'number',
        min: 1,
      }),
      field('Cut-off answers (stopped at the token limit)', 'cutOff', render, {options: CUT_OFF}),
      field('Service tier', 'tier', render, {options: TIERS}),
      field('Reuse results of identical requests within', 'reuse', render, {
        placeholder: 'never; such as 7d',
      }),
    ),
    field('Check of answers: JSON schema that each answer must fit', 'schema', render, {
      rows: 3,
      placeholder: '{"type": "object", "required": ["title"]}',
    }),
    h(
      'div',
      {class: 'field-pair'},
      field('Max. re-asks (0 to 10)', 'reAsk', render, {
        type: 'number',
        min: 0,
        max: 10,
        placeholder: '2',
      }),
      form.kind === 'documents' &&
        field('Sample: first start N documents of all sizes', 'sampleSize', render, {
          type: 'number',
          min: 1,
          placeholder: 'none',
        }),
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'button primary',
        disabled: form.isBusy,
        onclick: () => start(render),
      },
      `Start ${plural(form.estimate.tasks, 'task')}`,
    ),
  );

const blobOf = (lines) => new Blob([lines.join('\n')]);

/** The lines of the batch file of the documents; null if some cannot be read. */
async function readLines(routes) {
  const {documents, unreadable, incomplete} = await readDocuments(form.documents);
  Object.assign(form, {unreadable, incomplete});
  if (unreadable.length) return null;
  const {lines, long, contextTokens} = documentLines(documents, form, routes);
  Object.assign(form, {long, contextTokens});
  return lines;
}

const endpoint = () => (form.kind === 'file' ? form.endpoint : CHAT);

const uploadLines = (lines) => api.upload(DOCUMENTS_FILE, blobOf(lines));

async function validate(state, render) {
  await busy(render, async () => {
    const isFile = form.kind === 'file';
    form.lines = isFile ? null : await readLines(state.snapshot?.status.routes ?? []);
    if (!isFile && !form.lines) return;
    form.uploaded = isFile
      ? await api.upload(form.file.name, form.file)
      : await uploadLines(form.lines);
    form.estimate = await api.post('/api/estimate', {
      input_file_id: form.uploaded.id,
      endpoint: endpoint(),
    });
  });
}

/** Runs an action while the buttons are disabled; null if it failed. */
async function busy(render, action) {
  form.isBusy = true;
  render();
  const result = await run(action);
  form.isBusy = false;
  render();
  return result;
}

const create = (fileId) => api.post('/v1/batches', batchRequest(form, fileId, endpoint()));

async function start(render) {
  const size = Number(form.sampleSize);
  const hasSample = form.kind === 'documents' && size > 0 && size < form.lines.length;
  if (hasSample) await startSample(size, render);
  else await startBatch(render, () => create(form.uploaded.id));
}

/** The others are uploaded now, so that they can be started after a reload. */
async function startSample(size, render) {
  const {sample, others} = sampleOf(form.lines, size);
  const started = await busy(render, async () => {
    const {id: othersId} = await uploadLines(others);
    const {id: sampleId} = await uploadLines(sample);
    const request = batchRequest(form, sampleId, endpoint());
    const {id: batch} = await api.post('/v1/batches', request);
    storeSample({
      batch,
      size,
      total: form.lines.length,
      bytes: blobOf(sample).size,
      totalBytes: blobOf(form.lines).size,
      sizes: sizesOf(sample),
      others: othersId,
      request,
    });
    return batch;
  });
  if (started) location.hash = samplePath(started);
}

async function startBatch(render, submit) {
  const created = await busy(render, submit);
  if (!created) return;
  resetForm();
  location.hash = `#/batches/${created.id}`;
}

function resetForm() {
  Object.assign(form, {file: null, documents: []}, OPTIONS);
  resetEstimate();
}
