import { ArgumentError } from '@munit/core';

/** A cell as RFC 4180 wants it: quoted when it holds a comma, a quote or a line break. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A number so that reading gives the same number back, the shortest way; NaN and infinities by name; a missing value is an
 * empty cell.
 */
const number = (value: number | undefined): string => (value === undefined ? '' : String(value));

/** The header line of a table whose first column is `step`. */
export const csvHeader = (columns: readonly string[]): string => `${['step', ...columns].map(cell).join(',')}\n`;

/** One line of the table. */
export const csvRow = (step: number, columns: readonly string[], values: Readonly<Record<string, number | undefined>>): string =>
  `${[step, ...columns.map((name) => number(values[name]))].join(',')}\n`;

/** One line's cells. Quoted line breaks are not used by our tables. */
export function parseCsvLine(line: string): string[] {
  const cells: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(,|$)/gy;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const [, text = '', end] = match;
    cells.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === '') break;
  }
  return cells;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly step: number; readonly values: Readonly<Record<string, number>> }[];
}

/**
 * Reads a table that `csvHeader` and `csvRow` wrote. Lines that are cut short (a process was killed while writing) are left out.
 * @throws ArgumentError when the first line is not a header.
 */
export function parseCsv(text: string): CsvTable {
  const lines = text.split('\n');
  const [first, ...columns] = parseCsvLine(lines[0] ?? '');
  if (first !== 'step') throw new ArgumentError(`A table of losses must start with the column 'step'; this one starts with '${first ?? ''}'.`);
  // What follows the last line break is empty or a line that was cut short.
  const rows = lines.slice(1, -1).flatMap((line) => {
    const [step, ...cells] = parseCsvLine(line);
    if (cells.length !== columns.length || !/^\d+$/.test(step ?? '')) return [];
    const values = columns.flatMap((name, i) => (cells[i] === '' ? [] : [[name, Number(cells[i])] as const]));
    return [{ step: Number(step), values: Object.fromEntries(values) }];
  });
  return { columns, rows };
}

/** The table without the rows after `step` and without a last line that was cut short. */
export function truncateCsv(text: string, step: number): string {
  const lines = text.split('\n');
  const width = parseCsvLine(lines[0] ?? '').length;
  const kept = lines.slice(0, -1).filter((line, i) => {
    if (i === 0) return true;
    const cells = parseCsvLine(line);
    return cells.length === width && Number(cells[0]) <= step;
  });
  return kept.map((line) => `${line}\n`).join('');
}
