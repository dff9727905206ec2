// The requests of a new batch: the same ones that `sluice summarize` sends.

import {contextLength, splitExtension} from './long-documents.js';

const CHAT = '/v1/chat/completions';
const RESERVED = ['model', 'messages', 'stream'];
const MAX_TOKENS_FIELDS = ['max_tokens', 'max_completion_tokens'];
const DEFAULT_PRIORITY = 10;

/** The route of a model; undefined if none serves it. */
function routeOf(routes, model) {
  const length = (pattern) => {
    if (pattern === model) return Infinity;
    const isMatch = pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1));
    return isMatch ? pattern.length : 0;
  };
  const specificity = (route) => Math.max(0, ...route.models.map(length));
  return routes
    .filter((route) => specificity(route) > 0)
    .sort((a, b) => specificity(b) - specificity(a))[0];
}

/** A JSON object from a field; null if the field is empty. */
function jsonObject(text, label) {
  if (!text.trim()) return null;
  let value = null;
  try {
    value = JSON.parse(text);
  } catch (failure) {
    throw new Error(`${label}: not valid JSON (${failure.message}).`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`${label}: a JSON object is required, such as {"temperature": 0}.`);
  }
  return value;
}

/** The additional members of each request. */
export function parameters(form) {
  const label = 'Additional request members';
  const members = jsonObject(form.parameters, label) ?? {};
  for (const name of Object.keys(members)) {
    if (RESERVED.includes(name)) throw new Error(`${label}: ${name} is set by the page.`);
    if (form.maxTokens && MAX_TOKENS_FIELDS.includes(name)) {
      throw new Error(`${label}: use only one of ${name} and Max. output tokens.`);
    }
  }
  return members;
}

/** A line of the batch file for each document, and which documents the producer will split. */
export function documentLines(documents, form, routes) {
  const model = form.model.trim();
  const members = parameters(form);
  const route = routeOf(routes, model);
  const maxTokensField = route?.max_tokens_field ?? 'max_tokens';
  const maxTokens = form.maxTokens ? {[maxTokensField]: Number(form.maxTokens)} : {};
  const added = {...maxTokens, ...members};
  const request = (text) => {
    const messages = [
      {role: 'system', content: form.prompt.trim()},
      {role: 'user', content: text},
    ];
    return {model, messages, ...added};
  };
  const instructions = JSON.stringify(request(''));
  const maxReply = Math.max(...MAX_TOKENS_FIELDS.map((name) => Number(added[name]) || 0));
  const {partial} = form;
  const contextTokens = contextLength(route);
  const uses = new Map();
  let long = 0;
  const lines = documents.map(({name, text}) => {
    const extension = splitExtension({text, instructions, contextTokens, maxReply, partial});
    if (extension.sluice) long++;
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    return JSON.stringify({
      custom_id: use > 1 ? `${name} (${use})` : name,
      method: 'POST',
      url: CHAT,
      body: request(text),
      ...extension,
    });
  });
  return {lines, long, contextTokens};
}

/** Divides lines into a sample, spread evenly over the sizes, and the others, in their order. */
export function sampleOf(lines, size) {
  const bySize = lines.map((line, at) => ({at, length: line.length}));
  bySize.sort((a, b) => a.length - b.length || a.at - b.at);
  const last = bySize.length - 1;
  const chosen = new Set();
  for (let i = 0; i < size; i++) {
    const at = size === 1 ? Math.floor(bySize.length / 2) : Math.floor((i * last) / (size - 1));
    chosen.add(bySize[at].at);
  }
  return {
    sample: lines.filter((_, at) => chosen.has(at)),
    others: lines.filter((_, at) => !chosen.has(at)),
  };
}

function stopCondition({stopFailed, stopOfFirst}) {
  const text = stopFailed.trim();
  if (!text) return undefined;
  const [, digits, percent] = /^(\d+)\s*(%?)$/.exec(text) ?? [];
  if (!digits) {
    throw new Error(
      `Stop condition (${text}): enter a number such as 25, a percentage such as 30%, ` +
        'or nothing for never.',
    );
  }
  const first = {of_first: Number(stopOfFirst) || 1};
  const failed = Number(digits);
  return percent ? {failed_ratio: failed / 100, ...first} : {failed, ...first};
}

function answerCheck({schema, reAsk}) {
  const parsed = jsonObject(schema, 'JSON schema');
  if (!parsed) return undefined;
  return reAsk === '' ? {schema: parsed} : {schema: parsed, re_ask: Number(reAsk)};
}

/** The request to create a batch. Members that are undefined are not sent. */
export function batchRequest(form, inputFileId, endpoint) {
  const name = form.name.trim();
  const priority = Number(form.priority) || DEFAULT_PRIORITY;
  return {
    input_file_id: inputFileId,
    endpoint,
    completion_window: form.completionWindow || '24h',
    metadata: name ? {name} : undefined,
    priority: priority === DEFAULT_PRIORITY ? undefined : priority,
    cut_off: form.cutOff === 'keep' ? undefined : form.cutOff,
    stop_after: stopCondition(form),
    budget: form.budget === '' ? undefined : Number(form.budget),
    reuse: form.reuse.trim() || undefined,
    tier: form.tier || undefined,
    check: answerCheck(form),
  };
}
