/** The figures that a visitor's are put beside: read from docs/devices.md when the site is built, so that they stand in one place. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Reference {
  /** The machine, as the page says. */
  readonly machine: string;
  /** Milliseconds of a translation by side, on `simd` with two threads. */
  readonly simd: Readonly<Record<number, number>>;
  /** The same in PyTorch. */
  readonly pytorch: Readonly<Record<number, number>>;
}

export declare const data: Reference;

const page = fileURLToPath(new URL('../../../devices.md', import.meta.url));

/** @throws Error when the page no longer says what it said */
export function referenceIn(markdown: string): Reference {
  const machine = /^## Figures\n\n(.+?), Node /m.exec(markdown)?.[1];
  const rows = [...markdown.matchAll(/^\| translate (\d+)×\1, width 64 \| (\d+) \| (\d+) \| [\d.]+ \| \d+ \|/gm)].map((row) => row.slice(1).map(Number));
  if (machine === undefined || rows.length === 0) throw new Error('docs/devices.md has no machine and no translations under "Figures", which the page of the bench shows.');
  const column = (at: number): Record<number, number> => Object.fromEntries(rows.map((row) => [row[0]!, row[at]!]));
  return { machine, simd: column(1), pytorch: column(2) };
}

// VitePress takes the default export of a file of data.
const loader = { watch: [page], load: (): Reference => referenceIn(readFileSync(page, 'utf8')) };
export { loader as default };
