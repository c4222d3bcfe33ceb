import { expect, it } from 'vitest';
import { comparisonTable, jsonLine, type Row, table } from './row.js';

const row: Row = {
  item: { name: 'translate-256', size: 256, width: 64, batch: 1 },
  threads: 2,
  peer: 'pytorch',
  peerVersion: '1.13.0',
  peerThreads: 2,
  times: { ours: 600.123456, theirs: 1200.4, ratio: 0.49993623, spread: [0.46, 0.55123456] },
  runs: 9,
  difference: 4.56e-6,
};

it('writes the agreed keys first, in their order, as numbers and words', () => {
  const parsed = JSON.parse(jsonLine(row)) as Record<string, unknown>;
  expect(Object.keys(parsed).slice(0, 9)).toEqual(['name', 'size', 'width', 'threads', 'ours_ms', 'peer', 'peer_version', 'peer_ms', 'ratio']);
  expect(parsed).toEqual({
    name: 'translate-256', size: 256, width: 64, threads: 2, ours_ms: 600.12, peer: 'pytorch', peer_version: '1.13.0', peer_ms: 1200.4, ratio: 0.4999,
    spread: [0.46, 0.5512], runs: 9, batch: 1, peer_threads: 2, difference: 4.6e-6,
  });
});

it('is one line, with the memory at its end where it was measured', () => {
  const line = jsonLine({ ...row, memory: { ours: 812.4, peer: 1763.6 } });
  expect(line).not.toContain('\n');
  expect(line).toMatch(/,"ours_rss_mb":812,"peer_rss_mb":1764\}$/);
});

it('shows a table with memory only where there is some', () => {
  const [head, rule, line] = comparisonTable([row]).split('\n');
  expect(head).toMatch(/^item +width +batch +ours ms +peer +peer ms +ratio +spread +runs +difference$/);
  expect(rule).toMatch(/^-+( {2}-+)+$/);
  expect(line?.split(/ {2,}/)).toEqual(['translate-256', '64', '1', '600', 'pytorch 1.13.0', '1200', '0.50', '0.46–0.55', '9', '5e-6']);
  expect(comparisonTable([{ ...row, memory: { ours: 812.4, peer: 1763.6 } }])).toMatch(/812 +1764$/);
});

it('aligns numbers to the right and words to the left', () => {
  expect(table(['name', 'ms'], [['a', '1.5'], ['longer', '120']])).toBe(['name     ms', '------  ---', 'a       1.5', 'longer  120'].join('\n'));
});
