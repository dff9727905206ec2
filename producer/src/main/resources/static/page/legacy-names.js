// Translates between the field names of these modules and those of the current server.

const KEYS = {
  what: 'limit',
  pace_per_minute: 'target_per_minute',
  left: 'remaining',
  kept_in: 'limit_storage',
  limits_by_hand: 'limit_overrides',
  call_ms: 'avg_latency_ms',
  in_hand: 'in_flight',
  absorbed: 'rate_limits_absorbed',
  wait_ms: 'avg_wait_ms',
  longest_wait_ms: 'max_wait_ms',
  acts: 'audit',
  act: 'action',
  who: 'api_key',
  by: 'operator',
  changed: 'changes',
  done: 'succeeded',
  refused: 'rejected',
  last_refusal: 'last_rejection',
  died_at: 'dead_lettered_at',
  settled_at: 'resolved_at',
  told_ms: 'retry_after_ms',
  least: 'min',
  most: 'max',
  reply_tokens: 'completion_tokens',
};
const VALUES = {
  source: {set: 'configured', told: 'advertised', probed: 'inferred', none: 'unknown'},
  kept_in: {divided: 'partitioned'},
  kind: {
    by_hand: 'manual',
    key: 'api_key',
    model_gone: 'model_not_found',
    requests: 'requests_per_minute',
    tokens: 'tokens_per_minute',
    input_tokens: 'input_tokens_per_minute',
    output_tokens: 'output_tokens_per_minute',
    calls: 'concurrency',
    worker: 'no_worker',
  },
  paused_by: {hand: 'manual'},
  state: {dead: 'open', done: 'completed'},
};
const LIMITS = /^((input |output )?tokens|requests)$/;

/** A copy of the value with the names that these modules use. */
export function fromServer(value) {
  if (Array.isArray(value)) return value.map(fromServer);
  if (value === null || typeof value !== 'object') return value;
  const copy = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === 'why' && typeof member === 'string') copy.reason = member;
    else if (name === 'waits_for' && member) copy.waits_for = waitsFor(member);
    else if (value.object === 'dead_job' && name === 'most') copy.limit = member;
    else copy[KEYS[name] ?? name] = VALUES[name]?.[member] ?? fromServer(member);
  }
  return copy;
}

function waitsFor(text) {
  if (LIMITS.test(text)) return `${text} per minute`;
  return text
    .replace('hold by hand', 'manual hold')
    .replace('a probe is out', 'probe in progress')
    .replace(/^a free call: all (\d+) are running$/, 'concurrency: all $1 calls are running')
    .replace('a worker: none is there', 'worker: none connected');
}

/** The path as the current server knows it. */
export const toServerPath = (path) =>
  path
    .replace('/api/dead-letters', '/api/dead')
    .replace('state=open', 'state=dead')
    .replace(/(\/api\/batches\/[^/?]+)\/summary/, '$1/line');

/** The body as the current server knows it. */
export function toServer(path, body) {
  if (!path.startsWith('/api/dead-letters') || !body) return body;
  const {reason, operator, action, limit, ...others} = body;
  return {...others, why: reason, by: operator, act: action, most: limit};
}
