// Times in the browser's time zone. The tooltip has the ISO 8601 time with its offset.

import {h} from './dom.js';
import {dateTime, isoTime, shortDateTime, timeOfDay} from './format.js';

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A time in Unix seconds; `format` returns its text. */
export const time = (seconds, format = dateTime) =>
  seconds
    ? h(
        'time',
        {datetime: new Date(seconds * 1000).toISOString(), title: isoTime(seconds)},
        format(seconds),
      )
    : '–';

/** A sentence of the producer, whose times are in UTC, with local times. */
export const withLocalTimes = (sentence) =>
  sentence
    .split(INSTANT)
    .map((part, i) => (i % 2 ? time(Date.parse(part) / 1000, shortTime) : part));

/** The time of day; with the date if it is not today. */
export function shortTime(seconds) {
  const isToday = new Date(seconds * 1000).toDateString() === new Date().toDateString();
  return isToday ? timeOfDay(seconds) : shortDateTime(seconds);
}
