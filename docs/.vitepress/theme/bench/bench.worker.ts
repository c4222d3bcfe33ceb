/** Times translations on one device. Speed depends on the networks' shapes and not on their weights, which are drawn at random: nothing is downloaded. */
import { devicesClosed, listDevices, openDevice, perDomain, Rng } from '@munit/core';
import { generatorLayer, type MunitArchitecture } from '@munit/formats';
import { createTranslator, type Translator } from '@munit/infer';
import { type BenchReport, type BenchRequest, sides } from './protocol.js';

/** The published networks at full width, as in the table of docs/devices.md. */
const architecture: MunitArchitecture = { method: 'munit', inputDim: { a: 3, b: 3 }, dim: 64, mlpDim: 256, styleDim: 8, nDownsample: 2, nRes: 4, activation: 'relu', padMode: 'reflect' };

/** Enough runs for a median, and no more than a visitor waits for. */
const most = { runs: 7, milliseconds: 4000 };

const say = (report: BenchReport): void => postMessage(report);

async function measure({ device: name }: BenchRequest): Promise<void> {
  if (name === 'webgpu') {
    const probe = (await listDevices()).find((one) => one.name === 'webgpu');
    if (probe?.available !== true) return say({ kind: 'failed', reason: probe === undefined ? 'there is none.' : `${probe.reason}.` });
    if (probe.software) return say({ kind: 'failed', reason: `its only adapter is software (${probe.description}).` });
  }
  using device = await openDevice(name);
  say({ kind: 'device', description: device.report.description });
  const rng = new Rng(1);
  const parameters = perDomain((domain) => generatorLayer(architecture, domain).init(rng, 'kaiming'));
  using translator = await createTranslator({ architecture, parameters } as Parameters<typeof createTranslator>[0], { device });
  for (const side of sides) say({ kind: 'time', side, ...(await timeOf(translator, side)) });
  say({ kind: 'done' });
}

/** The median of some translations, after one that is not counted: from pixels in memory to pixels in memory. */
async function timeOf(translator: Translator, side: number): Promise<{ milliseconds: number; runs: number }> {
  const image = { data: Uint8Array.from(new Rng(2).uniforms(3 * side * side, 0, 256)), width: side, height: side };
  const [style] = translator.sampleStyles(1, 1);
  const times: number[] = [];
  const start = performance.now();
  for (let run = 0; run <= most.runs && (run < 2 || performance.now() - start < most.milliseconds); run++) {
    const before = performance.now();
    await translator.translate(image, { style });
    if (run > 0) times.push(performance.now() - before);
  }
  return { milliseconds: times.sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? Number.NaN, runs: times.length };
}

addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  void measure(data)
    .catch((error: unknown) => say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }))
    .then(devicesClosed)
    .finally(() => close());
});
