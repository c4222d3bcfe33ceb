import type { Figure } from '@munit/metrics';
import { describe, expect, it } from 'vitest';
import { pageOf } from './page.js';
import { cellText, csvOf, markdownOf, type MeasuredRun, tablesOf } from './table.js';

const figure = (name: string, value: number, better: Figure['better'], interval?: readonly [number, number]): Figure => ({
  name, value, better, meaning: `about ${name}`, count: 10, beside: {}, warnings: [],
  ...(interval === undefined ? {} : { interval: { low: interval[0], high: interval[1], level: 0.95 } }),
} as Figure);
const cost = { step: 100, seconds: 90, stepMs: 12.34567, residentBytes: 3e9, tensorBytes: 5e7 };
const runs: readonly MeasuredRun[] = [
  { method: 'MUNIT', seed: 0, cost, warnings: [], figures: [figure('fid-alexnet', 12, 'lower', [10, 14]), figure('lpips-alexnet-0.1', 0.2, 'higher', [0.18, 0.22]), figure('contentIoU', 0.9, 'higher')] },
  { method: 'MUNIT', seed: 1, cost, warnings: [], figures: [figure('fid-alexnet', 14, 'lower', [11, 17]), figure('lpips-alexnet-0.1', 0.3, 'higher', [0.28, 0.32]), figure('contentIoU', 0.8, 'higher')] },
  { method: 'Cycle<GAN>', seed: 0, cost: { ...cost, stepMs: NaN }, warnings: [], figures: [figure('fid-alexnet', 30, 'lower', [20, 40]), figure('contentIoU', 0.95, 'higher')] },
];

describe('tablesOf', () => {
  it('puts means over the seeds and the widest intervals into the tables of the paper', () => {
    const tables = tablesOf(runs);
    expect(tables.map(({ title }) => title)).toEqual(['Quality and diversity', 'The benchmark', 'Time and memory']);
    expect(tables[0]?.rows.map(({ name, cells }) => [name, ...cells.map(cellText)])).toEqual([
      ['MUNIT', '13 [10, 17]', '0.25 [0.18, 0.32]'],
      ['Cycle<GAN>', '30 [20, 40]', '–'],
    ]);
    expect(tables[2]?.rows[0]?.cells.map(cellText)).toEqual(['100', '1.5', '12.3', '3000', '50']);
    expect(tables[2]?.rows[1]?.cells.map(cellText)[2]).toBe('–');
  });

  it('keeps apart what the benchmark knows the truth of, other protocols, and real images', () => {
    const names = ['lpips-alexnet-0.1', 'lpips-alexnet-0.1-all-pairs', 'lpips-alexnet-0.1-real', 'density-alexnet', 'ndb-alexnet', 'recall-alexnet', 'cis', 'modes-reached', 'mode-confidence', 'modesCovered', 'guidedTexture'];
    const tables = tablesOf([{ method: 'MUNIT', seed: 0, cost, warnings: [], figures: names.map((name) => figure(name, 1, 'higher')) }]);
    expect(tables.slice(0, -1).map(({ title, columns }) => [title, ...columns.map(({ name }) => name)])).toEqual([
      ['Quality and diversity', 'lpips-alexnet-0.1', 'recall-alexnet'],
      ['Modes', 'cis', 'modes-reached'],
      ['The benchmark', 'modesCovered', 'guidedTexture'],
      ['Further figures', 'lpips-alexnet-0.1-all-pairs', 'lpips-alexnet-0.1-real', 'density-alexnet', 'ndb-alexnet', 'mode-confidence'],
    ]);
    expect(tables.at(-2)?.columns[1]?.better).toBeUndefined();
  });

  it('makes Markdown, CSV and a page of them', () => {
    const tables = tablesOf(runs);
    expect(markdownOf(tables, 'Two methods')).toContain('| MUNIT | 13 [10, 17] | 0.25 [0.18, 0.32] |');
    expect(markdownOf(tablesOf([{ ...runs[0]!, method: 'A|B' }]), 'One')).toContain('| A\\|B | 12 [10, 14] |');
    expect(csvOf(runs).split('\n').slice(0, 2)).toEqual(['method,seed,figure,value,low,high', 'MUNIT,0,fid-alexnet,12,10,14']);
    const page = pageOf({ title: 'Two', about: [], methods: ['MUNIT', 'Cycle<GAN>'], tables, pictures: [{ input: 'data:x', outputs: [['data:a', 'data:b'], ['data:c']] }] });
    expect(page).toContain('<td class="best">13 [10, 17]<small>seeds 12, 14</small></td>');
    expect(page).not.toContain('Cycle<GAN>');
    expect(page.match(/<img /g)).toHaveLength(4);
    expect(page).not.toMatch(/src="(?!data:)|href=|<script/);
  });
});
