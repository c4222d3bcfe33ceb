/** Numbers for people, as their language writes them. */
import { languages, spoken } from '../words/words.js';

/** A number with that many digits behind the point, or the comma. */
export const decimal = (value: number, digits: number): string =>
  new Intl.NumberFormat(spoken.value.id, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(value);

/** A whole number, in groups of three digits. */
export const whole = (value: number): string => value.toLocaleString(spoken.value.id);

export const megabytes = (bytes: number): string => {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${decimal(bytes / 1e6, bytes < 1e7 ? 1 : 0)} MB` : `${decimal(bytes / 1e9, 1)} GB`;
};

export const milliseconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${decimal(ms / 1000, 1)} s`);

/** As the browser's user writes that language: `en-GB` where that is preferred, and the page is English. */
const locale = (): string => {
  const { id, tag } = languages.find((one) => one.id === spoken.value.id)!;
  return navigator.languages.find((one) => one.toLowerCase().split('-')[0] === id) ?? tag;
};

/** A day and a time. */
export const moment = (at: number): string => new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' });

/** The time of day. */
export const clock = (at: Date): string => at.toLocaleTimeString(locale());
