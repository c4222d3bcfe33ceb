/** The tables of a comparison: a figure of a method over its seeds, with its interval. */
import type { Figure } from '@munit/metrics';
import type { RunCost } from './runs.js';

/** What was measured of one run. */
export interface MeasuredRun {
  readonly method: string;
  readonly seed: number;
  readonly cost: RunCost;
  /** Of translations to B, by their names. */
  readonly figures: readonly Figure[];
  /** What is to be known of all of them. */
  readonly warnings: readonly string[];
}

/** A figure of a method: the mean over its seeds, and the widest of their intervals. */
export interface Cell {
  readonly value: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Of each seed, in their order. */
  readonly perSeed: readonly number[];
}

/** A table: methods down, figures across. */
export interface Table {
  readonly title: string;
  readonly caption: string;
  readonly columns: readonly { readonly name: string; readonly meaning: string; readonly better: 'higher' | 'lower' | undefined }[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly (Cell | undefined)[] }[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A figure over the runs of a method; undefined where none has it. */
export function cellOf(figures: readonly (Figure | undefined)[]): Cell | undefined {
  const there = figures.filter((figure): figure is Figure => figure !== undefined && Number.isFinite(figure.value));
  if (there.length === 0) return undefined;
  const intervals = there.flatMap(({ interval }) => interval ?? []);
  const perSeed = there.map(({ value }) => value);
  if (intervals.length === 0) return { value: mean(perSeed), low: undefined, high: undefined, perSeed };
  return { value: mean(perSeed), low: Math.min(...intervals.map(({ low }) => low)), high: Math.max(...intervals.map(({ high }) => high)), perSeed };
}

/** Figures of the paper's first table: how good, and how different from each other. */
const first = (name: string): boolean => /^(fid|kid|precision|recall|lpips)/.test(name) && !/-real$|-all-pairs$/.test(name);
/** Figures of its second: modes. */
const second = (name: string): boolean => /^(cis|is\b|is-|modes)/.test(name) && name !== 'modesCovered';

/** What other protocols and the real images give. */
const further = (name: string): boolean => !first(name) && /^(lpips|density|coverage|ndb|jsd)-|^mode-confidence$/.test(name);

/** All tables of what was measured, those without a figure left out. */
export function tablesOf(runs: readonly MeasuredRun[]): Table[] {
  const methods = [...new Set(runs.map(({ method }) => method))];
  const names = [...new Set(runs.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const figureTable = (title: string, caption: string, belongs: (name: string) => boolean): Table => {
    const chosen = names.filter(belongs);
    const textOf = (name: string): Figure => runs.flatMap(({ figures }) => figures).find((figure) => figure.name === name) as Figure;
    return {
      title,
      caption,
      columns: chosen.map((name) => ({ name, meaning: textOf(name).meaning, better: name.endsWith('-real') ? undefined : textOf(name).better })),
      rows: methods.map((method) => ({
        name: method,
        cells: chosen.map((name) => cellOf(runs.filter((run) => run.method === method).map(({ figures }) => figures.find((figure) => figure.name === name)))),
      })),
    };
  };
  const benchmark = (name: string): boolean => !first(name) && !second(name) && !further(name);
  return [
    figureTable('Quality and diversity', "In the form of the paper's Table 1. A method without styles gives one translation of each input, whose diversity is 0.", first),
    figureTable('Modes', "In the form of the paper's Table 2: IS and CIS by a classifier of the modes of B, in nats.", second),
    figureTable('The benchmark', 'Where the truth is known: content kept, modes covered, and whether examples guide.', benchmark),
    figureTable('Further figures', 'Of the same translations by other protocols; the diversity of real images (real) is the same for all methods.', further),
    costTable(methods, runs),
  ].filter(({ columns }) => columns.length > 0);
}

function costTable(methods: readonly string[], runs: readonly MeasuredRun[]): Table {
  const columns = [
    { name: 'steps', meaning: 'updates made', better: undefined, of: ({ step }: RunCost): number => step },
    { name: 'minutes', meaning: 'of training, with saving and samples', better: undefined, of: ({ seconds }: RunCost): number => seconds / 60 },
    { name: 'ms per step', meaning: 'as last reported', better: 'lower', of: ({ stepMs }: RunCost): number => stepMs },
    { name: 'process MB', meaning: 'the most memory of the process, which trains one run after the other and may still hold memory of those before', better: undefined, of: ({ residentBytes }: RunCost): number => residentBytes / 1e6 },
    { name: 'tensor MB', meaning: 'the most memory of tensors between steps', better: 'lower', of: ({ tensorBytes }: RunCost): number => tensorBytes / 1e6 },
  ] as const;
  const cell = (values: readonly number[]): Cell | undefined => {
    const perSeed = values.filter(Number.isFinite);
    return perSeed.length === 0 ? undefined : { value: mean(perSeed), low: undefined, high: undefined, perSeed };
  };
  return {
    title: 'Time and memory',
    caption: 'Means over the seeds. Times are of this machine, with whatever else it did.',
    columns,
    rows: methods.map((method) => ({ name: method, cells: columns.map(({ of }) => cell(runs.filter((run) => run.method === method).map(({ cost }) => of(cost)))) })),
  };
}

/** Three significant digits, and no tail of noise. */
export const shown = (value: number): string => (Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3))));

/** `0.109 [0.101, 0.117]` */
export const cellText = (cell: Cell | undefined): string =>
  cell === undefined ? '–' : cell.low === undefined || cell.high === undefined ? shown(cell.value) : `${shown(cell.value)} [${shown(cell.low)}, ${shown(cell.high)}]`;

/** The tables as Markdown, behind what is to be known of all of them. */
export function markdownOf(tables: readonly Table[], title: string, notes: readonly string[] = []): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const section = ({ title: heading, caption, columns, rows }: Table): string[] => [
    `## ${heading}`,
    '',
    caption,
    '',
    line(['method', ...columns.map(({ name, better }) => `${name}${better === undefined ? '' : better === 'higher' ? ' ↑' : ' ↓'}`)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map(({ name, cells }) => line([name, ...cells.map(cellText)])),
    '',
    ...columns.map(({ name, meaning }) => `- ${name}: ${meaning}`),
    '',
  ];
  return [`# ${title}`, '', 'Means over the seeds; in brackets the widest 95 % interval of a seed, by resampling inputs.', '', ...notes.flatMap((note) => [note, '']), ...tables.flatMap(section)].join('\n');
}

/** Every figure of every run as CSV, for other programs. */
export function csvOf(runs: readonly MeasuredRun[]): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const number = (value: number | undefined): string => (value === undefined || !Number.isFinite(value) ? '' : String(value));
  const rows = runs.flatMap(({ method, seed, cost, figures }) => [
    ...figures.map(({ name, value, interval }) => [method, String(seed), name, number(value), number(interval?.low), number(interval?.high)]),
    ...(['step', 'seconds', 'stepMs', 'residentBytes', 'tensorBytes'] as const).map((name) => [method, String(seed), name, number(cost[name]), '', '']),
  ]);
  return `${[['method', 'seed', 'figure', 'value', 'low', 'high'], ...rows].map((row) => row.map(quoted).join(',')).join('\n')}\n`;
}
