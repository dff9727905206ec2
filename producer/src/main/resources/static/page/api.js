// HTTP client of the producer. The API key is sent in a header, never in a URL.

const KEY_NAME = 'sluice.key';

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const key = {
  get: () => sessionStorage.getItem(KEY_NAME) ?? localStorage.getItem(KEY_NAME),
  set(value, isPersistent) {
    sessionStorage.setItem(KEY_NAME, value);
    if (isPersistent) localStorage.setItem(KEY_NAME, value);
  },
  clear() {
    sessionStorage.removeItem(KEY_NAME);
    localStorage.removeItem(KEY_NAME);
  },
};

/** The project of the key. Requests for another project name it in the query. */
export const project = {
  own: 'default',
  other: (name) => (name && name !== project.own ? name : ''),
};

const tabs = new BroadcastChannel('sluice');

/** Takes the key from another open tab of this origin, and gives it to new tabs. */
export function shareKeyBetweenTabs(onKey) {
  tabs.onmessage = ({data}) => {
    if (data === 'request' && key.get()) tabs.postMessage({key: key.get()});
    if (data?.key && !key.get()) {
      key.set(data.key, false);
      onKey();
    }
  };
  if (!key.get()) tabs.postMessage('request');
}

async function send(method, path, {body, type = 'application/json', signal} = {}) {
  const headers = {Authorization: `Bearer ${key.get() ?? ''}`};
  if (body !== undefined && type) headers['Content-Type'] = type;
  let response;
  try {
    response = await fetch(path, {method, headers, body, signal, cache: 'no-store'});
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new ApiError(0, 'Cannot reach the Sluice server. Reconnecting…');
  }
  if (!response.ok) {
    const error = await response.json().catch(() => null);
    const message = error?.error?.message ?? `The server responded with HTTP ${response.status}.`;
    throw new ApiError(response.status, message);
  }
  return response;
}

const toBody = (value) => (value === undefined ? {} : {body: JSON.stringify(value)});

export const get = async (path) => (await send('GET', path)).json();
export const post = async (path, value) => (await send('POST', path, toBody(value))).json();
export const remove = async (path) => (await send('DELETE', path)).json();
export const put = async (path, value) => (await send('PUT', path, toBody(value))).json();

/** A query string of the parameters that have a value. */
export function query(parameters) {
  const present = Object.entries(parameters).filter(
    ([, value]) => value !== '' && value !== null && value !== undefined,
  );
  return present.length ? `?${new URLSearchParams(present)}` : '';
}

export async function upload(name, content) {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', content, name);
  return (await send('POST', '/v1/files', {body: form, type: null})).json();
}

/** The text of a document that is no plain text, or the reason why there is none. */
export async function documentText(file) {
  const path = `/api/documents/text${query({name: file.name})}`;
  return (await send('POST', path, {body: file, type: 'application/octet-stream'})).json();
}

/** Downloads a file. The browser keeps large blobs on disk. */
export async function download(fileId, name, projectName) {
  const parameters = query({project: project.other(projectName)});
  const path = `/v1/files/${encodeURIComponent(fileId)}/content${parameters}`;
  const blob = await (await send('GET', path)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Reads server-sent events with fetch: EventSource can send a key only in the URL. */
export async function subscribe(onEvent, signal) {
  const response = await send('GET', '/api/overview/events', {signal});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const events = (buffer + value).split('\n\n');
    buffer = events.pop();
    for (const event of events) dispatch(event, onEvent);
  }
}

function dispatch(event, onEvent) {
  let name = 'message';
  const data = [];
  for (const line of event.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5));
  }
  if (data.length) onEvent(name, JSON.parse(data.join('\n')));
}
