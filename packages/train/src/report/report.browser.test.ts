import script from 'uplot/dist/uPlot.iife.min.js?raw';
import style from 'uplot/dist/uPlot.min.css?raw';
import { expect, it } from 'vitest';
import { contactSheet } from '../images/grid.js';
import { RunHistory } from './history/history.js';
import { renderReport } from './render/page.js';

/** An image of one colour. */
const picture = (value: number) => ({ width: 16, height: 16, channels: 3, data: new Uint8Array(768).fill(value) }) as const;

/** The report of a run of `steps` steps, in a frame of its own as it would be in a tab. */
async function open(): Promise<Window & typeof globalThis> {
  const history = new RunHistory();
  history.apply({ kind: 'start', totalSteps: 100, step: 0, device: 'CPU', config: {}, memoryEstimateBytes: 1e9 }, Date.now());
  for (let step = 10; step <= 100; step += 10) {
    const terms = { loss_gen_adv_a: 1 / step, loss_gen_adv_b: 2 / step, loss_dis_total: 1 };
    history.apply({ kind: 'step', step, totalSteps: 100, terms, learningRate: 1e-4, stepMs: 1, dataWaitMs: 0, etaSeconds: 1, residentBytes: 1, tensorBytes: 1 }, Date.now());
    if (step % 50 !== 0) continue;
    const sheet = contactSheet({ name: 'a-to-b', rows: [{ name: 'x', input: picture(step), styles: [picture(step + 1)] }] });
    history.apply({ kind: 'sample', step, images: [sheet] }, Date.now());
  }
  history.apply({ kind: 'done', step: 100, seconds: 1, reason: 'finished' }, Date.now());
  const frame = document.createElement('iframe');
  frame.width = '390';
  frame.height = '800';
  const loaded = new Promise((done) => frame.addEventListener('load', done));
  frame.srcdoc = renderReport(history.data(), { title: 'in a frame', assets: { uplotScript: script, uplotStyle: style } });
  document.body.append(frame);
  await loaded;
  return frame.contentWindow as Window & typeof globalThis;
}

it('draws its curves, goes back in time, and fits a phone', async () => {
  const page = await open();
  const { document: content } = page;
  expect([...content.querySelectorAll('#losses h3')].map((title) => title.textContent)).toEqual(['Discriminators, total', 'Adversarial']);
  expect(content.querySelectorAll('#losses canvas')).toHaveLength(2);
  // While nothing is pointed at, the legend has the newest values.
  expect(content.querySelector('#losses .chart:last-child .u-legend')!.textContent).toContain('100');

  const image = content.querySelector<HTMLImageElement>('[data-grid="a-to-b"] img')!;
  await image.decode();
  // Columns are as wide as their heads, "input" and "style 1", in letters of 3 pixels with 1 between.
  expect([image.naturalWidth, image.naturalHeight]).toEqual([2 + (19 + 2) + (27 + 2), 16 + 7 + 4]);
  const newest = image.src;
  const slider = content.querySelector<HTMLInputElement>('#moment')!;
  const go = (index: string): void => {
    slider.value = index;
    slider.dispatchEvent(new Event('input'));
  };
  go('0');
  expect(content.querySelector('#moment-step')!.textContent).toBe('Step 50');
  expect(image.src).not.toBe(newest);
  go('1');
  expect(image.src).toBe(newest);

  const log = content.querySelector<HTMLInputElement>('#log')!;
  log.click();
  expect(content.querySelectorAll('#losses canvas')).toHaveLength(2);
  expect(content.documentElement.scrollWidth).toBeLessThanOrEqual(390);
});
