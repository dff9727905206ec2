// Formats numbers, times and money for people.

const integer = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

const isMissing = (value) => value === null || value === undefined;

export const count = (n) => (isMissing(n) ? '–' : integer.format(n));

/** 950 · 12.4 k · 1.9 M */
export function compact(n) {
  if (isMissing(n)) return '–';
  if (n < 10_000) return integer.format(n);
  const [value, unit] = n < 999_500 ? [n / 1e3, 'k'] : [n / 1e6, 'M'];
  return `${(value < 100 ? value.toFixed(1) : value.toFixed(0)).replace(/\.0$/, '')} ${unit}`;
}

/** 40 s · 9 min · 3 h · 4 days */
export function duration(seconds) {
  if (isMissing(seconds)) return '–';
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export function millis(ms) {
  if (isMissing(ms)) return '–';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** US dollars. Small amounts keep the digits that matter. */
export function money(dollars) {
  if (isMissing(dollars)) return '–';
  const n = Number(dollars);
  if (n === 0) return '$0';
  if (n < 0.0001) return 'less than $0.0001';
  if (n < 0.01) return `$${n.toFixed(4)}`;
  const digits = {minimumFractionDigits: 2, maximumFractionDigits: n < 1 ? 3 : 2};
  return `$${n.toLocaleString('en', digits)}`;
}

export function bytes(n) {
  if (n < 1024) return `${n} bytes`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}

const TIME = {hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false};
const timeFormat = new Intl.DateTimeFormat(undefined, TIME);
const shortFormat = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', ...TIME});
const dateTimeFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hour12: false,
});

const fromSeconds = (format, seconds) => (seconds ? format.format(new Date(seconds * 1000)) : '–');

export const timeOfDay = (seconds) => fromSeconds(timeFormat, seconds);

/** 30 Nov, 08:14:03 */
export const shortDateTime = (seconds) => fromSeconds(shortFormat, seconds);

export const dateTime = (seconds) => fromSeconds(dateTimeFormat, seconds);

/** ISO 8601 in the local time zone: 2026-11-30T09:14:03+01:00 */
export function isoTime(seconds) {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const twoDigits = (n) => String(Math.trunc(n)).padStart(2, '0');
  const minutes = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${twoDigits(minutes / 60)}:${twoDigits(minutes % 60)}`;
}

export function timeAgo(seconds, now) {
  if (!seconds) return '–';
  const past = now - seconds;
  return past < 5 ? 'just now' : `${duration(past)} ago`;
}

export const percent = (ratio) =>
  `${ratio < 0.1 && ratio > 0 ? (ratio * 100).toFixed(1) : Math.round(ratio * 100)} %`;

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export const throttledText = (n) => `${plural(n, 'response')} with 429`;

/** An identifier as text: rate_limit becomes "rate limit". */
export const humanize = (name) => String(name ?? '').replaceAll('_', ' ');

/** JSON with indentation; any other text unchanged. */
export function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
