// Numbers, times and money as people write them.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

export const count = (n) => (n === null || n === undefined ? '–' : whole.format(n));

/** 950 · 12.4 k · 1.9 M */
export function short(n) {
  if (n === null || n === undefined) return '–';
  if (n < 10_000) return whole.format(n);
  const [value, unit] = n < 999_500 ? [n / 1e3, 'k'] : [n / 1e6, 'M'];
  return `${(value < 100 ? value.toFixed(1) : value.toFixed(0)).replace(/\.0$/, '')} ${unit}`;
}

export function span(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  const m = Math.round(s / 60);
  if (m < 100) return `${m} min`;
  const hours = Math.round(m / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export const millis = (ms) => (ms === null || ms === undefined ? '–' : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Dollars; small sums with as many digits as say something. */
export function money(dollars) {
  if (dollars === null || dollars === undefined) return '–';
  const n = Number(dollars);
  if (n === 0) return '$0';
  if (n < 0.0001) return 'under $0.0001';
  if (n < 0.01) return `$${n.toFixed(4)}`;
  return `$${n.toLocaleString('en', {minimumFractionDigits: 2, maximumFractionDigits: n < 1 ? 3 : 2})}`;
}

export function bytes(n) {
  if (n < 1024) return `${n} bytes`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false});
const dayFormat = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short', hour12: false});

export const clock = (date) => clockFormat.format(date);

export const moment = (seconds) => (seconds ? dayFormat.format(new Date(seconds * 1000)) : '–');

export function ago(seconds, now) {
  if (!seconds) return '–';
  const past = now - seconds;
  return past < 5 ? 'just now' : `${span(past)} ago`;
}

export const percent = (part) => `${part < 0.1 && part > 0 ? (part * 100).toFixed(1) : Math.round(part * 100)} %`;

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export const words = (name) => String(name ?? '').replaceAll('_', ' ');

/** Indented where it is JSON, as it is where not. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
