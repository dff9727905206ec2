// Calls the producer. The key goes into a header, never into an address.

const NAME = 'sluice.key';

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const key = {
  get: () => sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME),
  set(value, keep) {
    sessionStorage.setItem(NAME, value);
    if (keep) localStorage.setItem(NAME, value);
  },
  forget() {
    sessionStorage.removeItem(NAME);
    localStorage.removeItem(NAME);
  },
};

/** The project that the key works in; what is of another one is asked for with its name. */
export const project = {
  own: 'default',
  other: (name) => (name && name !== project.own ? name : ''),
};

const tabs = new BroadcastChannel('sluice');

/** A new tab gets the key of another one that is open; nothing but this page's own origin hears it. */
export function askOtherTabs(got) {
  tabs.onmessage = ({data}) => {
    if (data === 'ask' && key.get()) tabs.postMessage({key: key.get()});
    if (data?.key && !key.get()) {
      key.set(data.key, false);
      got();
    }
  };
  if (!key.get()) tabs.postMessage('ask');
}

async function send(method, path, {body, type = 'application/json', signal} = {}) {
  const headers = {Authorization: `Bearer ${key.get() ?? ''}`};
  if (body !== undefined && type) headers['Content-Type'] = type;
  let response;
  try {
    response = await fetch(path, {method, headers, body, signal, cache: 'no-store'});
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Refused(0, 'Sluice is not reached. It is tried again.');
  }
  if (!response.ok) {
    const told = await response.json().catch(() => null);
    throw new Refused(response.status, told?.error?.message ?? `Sluice answered with HTTP ${response.status}.`);
  }
  return response;
}

const json = (value) => (value === undefined ? {} : {body: JSON.stringify(value)});

export const get = async (path, options) => (await send('GET', path, options)).json();
export const post = async (path, value) => (await send('POST', path, json(value))).json();
export const put = async (path, value) => (await send('PUT', path, json(value))).json();

export const query = (parameters) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return given.length ? `?${new URLSearchParams(given)}` : '';
};

export async function upload(name, content) {
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', content, name);
  return (await send('POST', '/v1/files', {body: form, type: null})).json();
}

/** Saves a file; the browser keeps what is large on disk. */
export async function save(fileId, name, of) {
  const blob = await (await send('GET', `/v1/files/${encodeURIComponent(fileId)}/content${query({project: project.other(of)})}`)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Hears server-sent events: by fetch, since EventSource cannot send a key but in the address. */
export async function listen(heard, signal) {
  const response = await send('GET', '/api/overview/events', {signal});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) event(part, heard);
  }
}

function event(part, heard) {
  let name = 'message';
  const data = [];
  for (const line of part.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5));
  }
  if (data.length) heard(name, JSON.parse(data.join('\n')));
}
