/** Memory of long work: a hundred thousand steps of training, and twenty thousand translations. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openLedger } from './ledger.mjs';

/** @typedef {import('./options.mjs').Context} Context @typedef {import('./ledger.mjs').Ledger} Ledger */

export const soak = { about: 'memory over many training steps, and a fifth as many translations', count: 100_000, short: 60, run };

/** Moments at which memory is measured. */
const samples = 10;
/**
 * What may grow between the second and the last of them: what the program holds after a collection hardly at all; what the system has given
 * it by what collectors leave lying about, which comes and goes.
 */
const mostGrowthMiB = { held: 8, rss: 96 };

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

/** @param {Context} context */
async function run(context) {
  const { count, only, short } = context;
  if (only.length === 0 || only.includes('train')) await train(context, count);
  if (only.length === 0 || only.includes('translate')) await translate(context, Math.max(short ? 20 : 1, Math.ceil(count / 5)));
}

/** @param {Context} context @param {number} steps */
async function train({ munit: { library }, work, seed, short, stop, report }, steps) {
  const ledger = report(openLedger({ campaign: 'soak', seed, total: steps, from: 0, reproduce: ' --only train' }));
  const meter = openMeter(ledger, 'train', steps, short, () => library.memory().numTensors);
  const config = { max_iter: steps, synthetic_count: 64, crop_image_height: 16, crop_image_width: 16, log_iter: 10, snapshot_save_iter: 1000, image_save_iter: 5000, image_display_iter: 5000, display_size: 2, seed, gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } };
  await library.runTraining({
    folder: join(work, 'run'),
    config,
    device: 'simd',
    threads: 1,
    signal: stop,
    onEvent: (event) => {
      if (event.kind === 'step') meter.at(event.step);
    },
  });
  meter.end(stop.aborted);
}

/** @param {Context} context @param {number} count */
async function translate({ munit: { library }, seed, short, stop, report }, count) {
  const ledger = report(openLedger({ campaign: 'soak', seed, total: count, from: 0, reproduce: ' --only translate' }));
  const translator = await library.createTranslator(library.modelFor({ ...library.tiny, inputDim: { a: 3, b: 3 } }), { device: 'simd', threads: 1 });
  const meter = openMeter(ledger, 'translate', count, short, () => library.memory().numTensors);
  const rng = new library.Rng(seed);
  for (let i = 1; i <= count && !stop.aborted; i++) {
    // Sizes that repeat and sizes that do not.
    const [width, height] = [8 + 4 * rng.integer(6), 8 + 4 * rng.integer(6)];
    const image = { width, height, channels: /** @type {const} */ (3), data: Uint8Array.from({ length: width * height * 3 }, () => rng.integer(256)) };
    await translator.translate(image, { styles: 1, seed: i });
    meter.at(i);
    // Others' timers have their turn, as in a server.
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  meter.end(stop.aborted);
  translator.dispose();
}

/**
 * Takes the memory at equal distances. The first moment is that of a cold program: what is compared comes after it.
 * @param {Ledger} ledger
 * @param {string} what
 * @param {number} total
 * @param {boolean} short
 * @param {() => number} tensors
 */
function openMeter(ledger, what, total, short, tensors) {
  /** @type {{ step: number, rss: number, held: number, tensors: number }[]} */
  const table = [];
  let next = 0;
  return {
    /** @param {number} step */
    at(step) {
      ledger.tried(step - 1);
      if (step < next) return;
      next = step + total / samples;
      collect();
      const { rss, heapUsed, external } = process.memoryUsage();
      const row = { step, rss: Math.round(rss / 2 ** 20), held: Math.round((heapUsed + external) / 2 ** 20), tensors: tensors() };
      table.push(row);
      ledger.most(`${what}, MiB resident, at ${step}`, row.rss);
      ledger.most(`${what}, MiB held, at ${step}`, row.held);
      ledger.most(`${what}, tensors, at ${step}`, row.tensors);
    },
    /** @param {boolean} stopped */
    end(stopped) {
      const [, first, ...rest] = table;
      const last = rest.at(-1);
      if (first !== undefined && last !== undefined) {
        if (last.tensors > first.tensors) ledger.fail(last.step, `${what}: ${first.tensors} tensors at ${first.step}, ${last.tensors} at ${last.step}`);
        // A short run is still warming up.
        for (const key of /** @type {const} */ (['held', 'rss']))
          if (!short && last[key] - first[key] > mostGrowthMiB[key]) ledger.fail(last.step, `${what}: ${first[key]} MiB ${key} at ${first.step}, ${last[key]} MiB at ${last.step}`);
      }
      if (!stopped) ledger.finish();
    },
  };
}
