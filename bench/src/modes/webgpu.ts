/** `pnpm bench --webgpu`: munit's WebGPU programs beside its composed form and onnxruntime-web's WebGPU, in Chromium. */
import { resolveConfig } from '@munit/train';
import { Disagreement } from '../compare/agreement.js';
import { type Item, items } from '../materials/items.js';
import { graphFile, inputsFile, weightsFile } from '../materials/files.js';
import { table } from '../compare/row.js';
import { openPage, type Page } from '../webgpu/browser.js';
import { translationMultiplyAdds } from '../webgpu/multiplyAdds.js';
import type { Addresses, Who } from '../webgpu/page/main.js';
import type { PairFigures } from '../webgpu/page/measure.js';
import { type Context, makeMaterials } from './context.js';

const translate = (size: number, width: number): Item => ({
  name: `translate-${size}-width-${width}`,
  kind: 'translate',
  size,
  width,
  batch: 1,
  runs: 3,
  config: resolveConfig({ gen: { dim: width }, dis: { dim: width }, crop_image_height: size, crop_image_width: size }),
});

/** Counted at the size that people use, timed at one that a software adapter is done with in seconds. */
const counted = translate(256, 64);
const timed = translate(64, 16);
/** The preset `quick`: where a GPU is done soonest, JavaScript counts most. */
const trained = items.find(({ name }) => name === 'train-32') as Item;

const peers: readonly Who[] = ['halves', 'composed', 'onnxruntime-web'];
const everybody: readonly Who[] = ['ours', 'captured', ...peers];
/** Of the largest value. Weights that are drawn, as here, make more of a rounding than trained ones, which stay within 3e-3 in half precision. */
const allowed = { float32: 1e-3, halves: 1e-2 };

export async function webgpu(context: Context, { hardware }: { readonly hardware: boolean }): Promise<void> {
  const page = await openPage(context.folder, hardware);
  try {
    const { adapter, onnxruntime } = await page.ask('about');
    context.say(`${adapter}; onnxruntime-web ${onnxruntime}`);
    context.emit(JSON.stringify({ adapter, onnxruntime }));
    await counts(page, context);
    await commands(page, context);
    await times(page, context, hardware ? counted : timed);
    await ops(page, context);
  } finally {
    await page.close();
  }
}

async function addressesOf(item: Item, page: Page, context: Context): Promise<Addresses> {
  await makeMaterials(item, context, true);
  const { folder } = context;
  return { weights: page.address(weightsFile(folder, item)), inputs: page.address(inputsFile(folder, item)), graph: page.address(graphFile(folder, item)) };
}

async function counts(page: Page, context: Context): Promise<void> {
  const addresses = await addressesOf(counted, page, context);
  const { direct, phases } = translationMultiplyAdds(counted);
  const lines: string[][] = [];
  for (const who of everybody) {
    const { dispatches, submits, bytes } = await page.ask('count', counted, addresses, who);
    const multiplyAdds = who === 'composed' || who === 'onnxruntime-web' ? direct : phases;
    lines.push([who, String(dispatches), String(submits), (bytes / 1e6).toFixed(0), (multiplyAdds / 1e9).toFixed(1)]);
    context.emit(JSON.stringify({ name: counted.name, who, dispatches, submits, bytes, multiply_adds: multiplyAdds }));
  }
  context.say(`\nOne translation, 256×256, width 64, counted and not run\n${table(['who', 'dispatches', 'submits', 'MB bound', 'GMAC'], lines)}`);
}

/** What capturing saves, whatever the GPU: the milliseconds of the page's thread. */
async function commands(page: Page, context: Context): Promise<void> {
  const runs = context.runs ?? 21;
  const say = (what: string, name: string, { times, ratio, counts }: PairFigures): void => {
    context.emit(JSON.stringify({ name, javascript_ms: times[0], captured_ms: times[1], ratio, dispatches: counts.map(({ dispatches }) => dispatches), submits: counts.map(({ submits }) => submits) }));
    const [direct, captured] = counts.map(({ dispatches, submits }) => [String(dispatches), String(submits)]) as [string[], string[]];
    context.say(`\nJavaScript of ${what}, nothing run\n${table(['who', 'ms', 'dispatches', 'submits'], [['ours', times[0].toFixed(2), ...direct], ['captured', times[1].toFixed(2), ...captured]])}\nratio ${ratio.toFixed(1)}`);
  };
  say('one translation, 256×256, width 64', counted.name, await page.ask('commands', counted, await addressesOf(counted, page, context), runs));
  say(`one training step, ${trained.size}×${trained.size}, width ${trained.width}, batch ${trained.batch}`, trained.name, await page.ask('steps', trained, runs));
}

async function times(page: Page, context: Context, item: Item): Promise<void> {
  const addresses = await addressesOf(item, page, context);
  const lines: string[][] = [];
  for (const peer of peers) {
    const { times, ratio, difference } = await page.ask('compare', item, addresses, ['ours', peer], context.runs ?? item.runs);
    if (!(difference <= (peer === 'halves' ? allowed.halves : allowed.float32))) throw new Disagreement(`${item.name}: ours and ${peer} differ by ${difference.toExponential(1)} of the largest value.`);
    lines.push([peer, times[0].toFixed(0), times[1].toFixed(0), ratio.toFixed(2), difference.toExponential(0)]);
    context.emit(JSON.stringify({ name: item.name, size: item.size, width: item.width, ours_ms: times[0], peer, peer_ms: times[1], ratio, difference }));
  }
  context.say(`\n${item.name}, timed in turns\n${table(['peer', 'ours ms', 'peer ms', 'ratio', 'difference'], lines)}`);
}

async function ops(page: Page, context: Context): Promise<void> {
  const lines: string[][] = [];
  for (const [place, { name, pass }] of (await page.ops()).entries()) {
    const { times, ratio, counts, difference } = await page.ask('op', place, context.runs ?? 7);
    if (!(difference <= allowed.float32)) throw new Disagreement(`${name}, ${pass}: ours and the composed form differ by ${difference.toExponential(1)} of the largest value.`);
    const of = (who: 0 | 1): string[] => [times[who].toFixed(1), String(counts[who].dispatches), (counts[who].bytes / 1e6).toFixed(1)];
    lines.push([name, pass, ...of(0), ...of(1), ratio.toFixed(2)]);
    const figures = (who: 0 | 1) => ({ ms: times[who], counts: counts[who] });
    context.emit(JSON.stringify({ name, pass, fused: figures(0), composed: figures(1), ratio, difference }));
  }
  const head = ['op', 'pass', 'ours ms', 'dispatches', 'MB', 'composed ms', 'dispatches', 'MB', 'ratio'];
  context.say(`\nSingle ops, each pass by itself, timed in turns; the ratio is the median of neighbouring runs'\n${table(head, lines)}`);
}
