/** The report of a comparison as one HTML file: tables, and translations side by side in the layout of the paper's Figure 4. */
import { cellText, type Table } from './table.js';

/** The pictures of one input: what went in, and what each method made of it. */
export interface PictureRow {
  /** `data:image/png;base64,…` */
  readonly input: string;
  /** Of each method, in the order of the tables, some of its translations. */
  readonly outputs: readonly (readonly string[])[];
}

/** What the page shows. */
export interface ComparisonPage {
  readonly title: string;
  readonly about: readonly string[];
  readonly methods: readonly string[];
  readonly tables: readonly Table[];
  readonly pictures: readonly PictureRow[];
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `
:root { color-scheme: light dark; --line: #8884; --muted: #777; --best: #17734a; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 24px 20px 64px; max-width: 1240px; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.7rem; margin: 0 0 8px; } h2 { font-size: 1.2rem; margin: 32px 0 4px; }
p { margin: 0 0 8px; max-width: 80ch; color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 5px 14px 5px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; vertical-align: bottom; }
td small { color: var(--muted); display: block; font-size: 0.75rem; }
td.best { color: var(--best); font-weight: 600; }
.pictures td, .pictures th { border: 0; padding: 2px; text-align: center; } .pictures td.first { padding-left: 10px; }
.pictures img { display: block; width: 72px; height: auto; image-rendering: pixelated; border: 1px solid var(--line); }
@media print { .scroll { overflow: visible; } }
`;

/** The rows whose value is the best of a column. */
function bestOf({ columns, rows }: Table, column: number): Set<number> {
  const better = columns[column]?.better;
  const values = rows.map(({ cells }) => cells[column]?.value ?? NaN);
  const finite = values.filter(Number.isFinite);
  if (better === undefined || finite.length < 2) return new Set();
  const best = better === 'higher' ? Math.max(...finite) : Math.min(...finite);
  return new Set(values.flatMap((value, i) => (value === best ? [i] : [])));
}

function tableOf(table: Table): string {
  const best = table.columns.map((_, i) => bestOf(table, i));
  const head = table.columns.map(({ name, meaning, better }) => `<th scope="col" title="${escaped(meaning)}">${escaped(name)}${better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓'}</th>`).join('');
  const rows = table.rows.map(({ name, cells }, r) => {
    const columns = cells.map((cell, c) => {
      const seeds = cell === undefined || cell.perSeed.length < 2 ? '' : `<small>seeds ${cell.perSeed.map((value) => escaped(cellText({ value, low: undefined, high: undefined, perSeed: [] }))).join(', ')}</small>`;
      return `<td${best[c]?.has(r) === true ? ' class="best"' : ''}>${escaped(cellText(cell))}${seeds}</td>`;
    });
    return `<tr><th scope="row">${escaped(name)}</th>${columns.join('')}</tr>`;
  });
  const meanings = table.columns.map(({ name, meaning }) => `<b>${escaped(name)}</b>: ${escaped(meaning)}`).join('; ');
  return `<section><h2>${escaped(table.title)}</h2><p>${escaped(table.caption)}</p><div class="scroll"><table><tr><th scope="col">Method</th>${head}</tr>${rows.join('')}</table></div><p>${meanings}.</p></section>`;
}

function picturesOf(methods: readonly string[], pictures: readonly PictureRow[]): string {
  if (pictures.length === 0) return '';
  const widths = methods.map((_, m) => Math.max(1, ...pictures.map(({ outputs }) => outputs[m]?.length ?? 0)));
  const head = methods.map((name, m) => `<th scope="col" colspan="${widths[m] as number}">${escaped(name)}</th>`).join('');
  const image = (uri: string | undefined, alt: string, first: boolean): string => `<td${first ? ' class="first"' : ''}>${uri === undefined ? '' : `<img src="${uri}" alt="${escaped(alt)}">`}</td>`;
  const rows = pictures.map(({ input, outputs }, row) => {
    const cells = methods.flatMap((name, m) => Array.from({ length: widths[m] as number }, (_, k) => image(outputs[m]?.[k], `Input ${row + 1} by ${name}, style ${k + 1}`, k === 0)));
    return `<tr>${image(input, `Input ${row + 1}`, false)}${cells.join('')}</tr>`;
  });
  return `<section><h2>Side by side</h2><p>Inputs, and random outputs of each method (the first seed); a method without styles gives one.</p><div class="scroll"><table class="pictures"><tr><th scope="col">input</th>${head}</tr>${rows.join('')}</table></div></section>`;
}

/** The page; it loads nothing. */
export const pageOf = ({ title, about, methods, tables, pictures }: ComparisonPage): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style>${style}</style><h1>${escaped(title)}</h1>${about.map((line) => `<p>${escaped(line)}</p>`).join('')}${tables.map(tableOf).join('')}${picturesOf(methods, pictures)}</html>\n`;
