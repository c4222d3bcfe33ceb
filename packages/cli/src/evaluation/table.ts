/** Figures as a table for a terminal. */
import type { LeftOut, Section } from './types.js';

const number = (value: number): string => (Number.isFinite(value) ? (Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(4)) : '–');

const headingOf = ({ protocol, to }: Pick<Section, 'protocol' | 'to'>): string => `${protocol}${to === undefined ? '' : ` to ${to.toUpperCase()}`}`;

/** A line for each protocol that was not measured. */
export const formatLeftOut = (leftOut: readonly LeftOut[]): string => leftOut.map((one) => `Not measured: ${headingOf(one)}. ${one.why}\n`).join('');

/** Name, value, interval, what it is read against; warnings below. */
export function formatSections(sections: readonly Section[]): string {
  const lines: string[] = [];
  const named = sections.flatMap(({ figures }) => figures.map(({ name }) => name.length));
  const width = Math.max(...named, 10);
  for (const { protocol, to, notes, figures } of sections) {
    lines.push(headingOf({ protocol, to }), ...notes.map((note) => `  ${note}`));
    for (const { name, value, better, interval, beside } of figures) {
      const range = interval === undefined ? '' : `${number(interval.low)} to ${number(interval.high)}`;
      const against = Object.entries(beside).map(([label, reference]) => `${label} ${number(reference)}`);
      lines.push(`  ${name.padEnd(width)} ${number(value).padStart(8)} ${better === 'higher' ? '↑' : '↓'}  ${range.padEnd(20)} ${against.join(', ')}`.trimEnd());
    }
    for (const warning of new Set(figures.flatMap(({ warnings }) => warnings))) lines.push(`  ! ${warning}`);
  }
  return `${lines.join('\n')}\n`;
}
