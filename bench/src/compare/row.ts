/** A measured comparison, and its forms. */
import type { Item } from '../materials/items.js';
import type { Comparison } from './statistics.js';

/** Peak resident memory in MiB, each in a process that did nothing else. */
export interface PeakMemory {
  readonly ours: number;
  readonly peer: number;
}

export interface Row {
  readonly item: Pick<Item, 'name' | 'size' | 'width' | 'batch'>;
  readonly threads: number;
  readonly peer: string;
  readonly peerVersion: string;
  readonly peerThreads: number;
  readonly times: Comparison;
  readonly runs: number;
  /** The largest difference of the results. */
  readonly difference: number;
  readonly memory?: PeakMemory | undefined;
}

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** One line of `--json`. The first nine keys are fixed; what may be absent comes after them. */
export function jsonLine({ item, threads, peer, peerVersion, peerThreads, times, runs, difference, memory }: Row): string {
  return JSON.stringify({
    name: item.name,
    size: item.size,
    width: item.width,
    threads,
    ours_ms: round(times.ours, 5),
    peer,
    peer_version: peerVersion,
    peer_ms: round(times.theirs, 5),
    ratio: round(times.ratio, 4),
    spread: times.spread.map((ratio) => round(ratio, 4)),
    runs,
    batch: item.batch,
    peer_threads: peerThreads,
    difference: round(difference, 2),
    ...(memory === undefined ? {} : { ours_rss_mb: Math.round(memory.ours), peer_rss_mb: Math.round(memory.peer) }),
  });
}

const milliseconds = (ms: number): string => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));
const heads = ['item', 'width', 'batch', 'ours ms', 'peer', 'peer ms', 'ratio', 'spread', 'runs', 'difference'];

/** Comparisons as columns for people; the columns of memory only where it was measured. */
export function comparisonTable(rows: readonly Row[]): string {
  const withMemory = rows.some(({ memory }) => memory !== undefined);
  const lines = rows.map(({ item, peer, peerVersion, times, runs, difference, memory }) => [
    item.name,
    String(item.width),
    String(item.batch),
    milliseconds(times.ours),
    `${peer} ${peerVersion}`,
    milliseconds(times.theirs),
    times.ratio.toFixed(2),
    times.spread.map((ratio) => ratio.toFixed(2)).join('–'),
    String(runs),
    difference.toExponential(0),
    ...(withMemory ? [memory === undefined ? '' : memory.ours.toFixed(0), memory === undefined ? '' : memory.peer.toFixed(0)] : []),
  ]);
  return table([...heads, ...(withMemory ? ['ours MB', 'peer MB'] : [])], lines);
}

/** Aligned columns: those whose cells are numbers to the right, the others to the left. */
export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => (line[column] ?? '').length)));
  const numeric = head.map((_, column) => lines.every((line) => /^[\d.e%–+-]*$/.test(line[column] ?? '')));
  const format = (line: readonly string[]): string =>
    line.map((cell, column) => (numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...lines.map(format)].join('\n');
}
