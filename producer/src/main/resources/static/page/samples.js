// Samples of documents that run before the others. This browser stores what the others need, so
// that they can be started after a reload.

import * as api from './api.js';

const PREFIX = 'sluice.sample.';
const PART = /^(.+)#\d+\/(\d+)$/s;
const PAGE_SIZE = 200;

export const samplePath = (batch) => `#/new-batch${api.query({sample: batch})}`;

/** The sample of a batch; null if this browser has none. */
export function storedSample(batch) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + batch));
  } catch {
    return null;
  }
}

/** The samples whose other documents are not decided yet. */
export const storedSamples = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => storedSample(name.slice(PREFIX.length)))
    .filter(Boolean);

export const storeSample = (sample) =>
  localStorage.setItem(PREFIX + sample.batch, JSON.stringify(sample));

export const removeSample = (batch) => localStorage.removeItem(PREFIX + batch);

/** The size of each request, by its custom id. */
export const sizesOf = (lines) =>
  Object.fromEntries(
    lines.map((line) => [JSON.parse(line).custom_id, new Blob([line]).size]),
  );

/** The bytes of the requests that were called: stored results of identical requests are free. */
export async function calledBytes({batch, sizes}) {
  const reused = {};
  const add = (id, fraction) => {
    if (id in sizes) reused[id] = Math.min(1, (reused[id] ?? 0) + fraction);
  };
  for (const {custom_id: id} of await reusedTasks(batch)) {
    const [, document, parts] = PART.exec(id) ?? [];
    if (id in sizes) add(id, 1);
    else if (document) add(document, 1 / Number(parts));
  }
  return Object.entries(sizes).reduce(
    (sum, [id, size]) => sum + size * (1 - (reused[id] ?? 0)),
    0,
  );
}

async function reusedTasks(batch) {
  const path = `/api/batches/${encodeURIComponent(batch)}/tasks`;
  const reused = [];
  let after = '';
  for (;;) {
    const list = await api.get(path + api.query({state: 'completed', after, limit: PAGE_SIZE}));
    reused.push(...list.data.filter((task) => task.reused));
    if (!list.has_more) return reused;
    after = list.data.at(-1).line;
  }
}
