import type { ContactRow, SampleGrid } from '../events.js';
import { composeGrid } from './grid.js';

export interface ContactSheetOptions {
  readonly name: string;
  readonly caption?: string;
  readonly rows: readonly ContactRow[];
}

/**
 * One direction of a model on fixed inputs, a row per input: input | reconstruction | style 1 … n | example | in its style.
 * The columns stay in place when a row lacks a part of it.
 *
 * @throws ArgumentError when there are no rows.
 */
export function contactSheet({ name, caption, rows }: ContactSheetOptions): SampleGrid {
  const styles = Math.max(0, ...rows.map((row) => row.styles.length));
  const reconstruction = rows.some((row) => row.reconstruction !== undefined);
  const guided = rows.some((row) => row.guided !== undefined);
  const columns = [
    'input',
    ...(reconstruction ? ['rebuilt'] : []),
    ...Array.from({ length: styles }, (_, i) => `style ${i + 1}`),
    ...(guided ? ['example', 'guided'] : []),
  ];
  const cells = rows.map((row) => [
    row.input,
    ...(reconstruction ? [row.reconstruction] : []),
    ...Array.from({ length: styles }, (_, i) => row.styles[i]),
    ...(guided ? [row.guided?.example, row.guided?.output] : []),
  ]);
  return {
    name,
    image: composeGrid(cells, { columns }),
    columns,
    rows: rows.map((row) => row.name),
    pictures: rows,
    ...(caption === undefined ? {} : { caption }),
  };
}
