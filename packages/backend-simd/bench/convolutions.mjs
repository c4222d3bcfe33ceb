// Times every kind of convolution in MUNIT's networks: forward, gradient by the input, gradient by the filter.
// GFLOP/s count the multiplications of the direct algorithm, so that fewer multiplications show as more speed.
//
//   node bench/convolutions.mjs [--threads 2] [--only 3x3] [--repeat 7] [--baseline] [--narrow]
import { engine, randomUniform, setBackend } from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import { disposeSimdBackend, registerSimdBackend } from '@munit/backend-simd';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' }, only: { type: 'string', default: '' }, repeat: { type: 'string', default: '7' },
    baseline: { type: 'boolean', default: false }, narrow: { type: 'boolean', default: false },
  },
});

// name, input side, channels in, channels out, kernel, stride, pad, upsample, batch (1)
const shapes = [
  ['3x3 256 @64 (residual blocks)', 64, 256, 256, 3, 1, 1, 1],
  ['3x3 256 @32', 32, 256, 256, 3, 1, 1, 1],
  ['3x3 128 @16', 16, 128, 128, 3, 1, 1, 1],
  ['3x3 64 @8', 8, 64, 64, 3, 1, 1, 1],
  ['up 5x5 256-128 @128', 64, 256, 128, 5, 1, 2, 2],
  ['up 5x5 128-64 @256', 128, 128, 64, 5, 1, 2, 2],
  ['up 5x5 128-64 @32', 16, 128, 64, 5, 1, 2, 2],
  ['4x4/2 64-128 @256', 256, 64, 128, 4, 2, 1, 1],
  ['4x4/2 128-256 @128', 128, 128, 256, 4, 2, 1, 1],
  ['4x4/2 256-512 @32', 32, 256, 512, 4, 2, 1, 1],
  ['4x4/2 3-64 @256', 256, 3, 64, 4, 2, 1, 1],
  ['7x7 3-64 @256', 256, 3, 64, 7, 1, 3, 1],
  ['7x7 64-3 @256', 256, 64, 3, 7, 1, 3, 1],
  ['1x1 512-1 @16', 16, 512, 1, 1, 1, 0, 1],
  // What `npm start` trains.
  ['quick 7x7 3-16 @32', 32, 3, 16, 7, 1, 3, 1, 4],
  ['quick 7x7 16-3 @32', 32, 16, 3, 7, 1, 3, 1, 4],
  ['quick 4x4/2 3-16 @32', 32, 3, 16, 4, 2, 1, 1, 4],
  ['quick 4x4/2 16-32 @32', 32, 16, 32, 4, 2, 1, 1, 4],
  ['quick 4x4/2 32-64 @16', 16, 32, 64, 4, 2, 1, 1, 4],
  ['quick 3x3 64 @8', 8, 64, 64, 3, 1, 1, 1, 4],
  ['quick up 5x5 64-32 @16', 8, 64, 32, 5, 1, 2, 2, 4],
  ['quick up 5x5 32-16 @32', 16, 32, 16, 5, 1, 2, 2, 4],
];

console.log(await registerSimdBackend({ threads: Number(values.threads), relaxed: values.baseline ? false : 'auto', vectors: values.narrow ? 128 : 256 }));
await setBackend('simd');

/** In ms. The best of many runs stands for a quiet machine; the processor's own clock is too coarse for small ones. */
const now = () => performance.now();

/** Best of some runs, in ms. */
function time(run) {
  let best = Infinity;
  for (let i = 0; i < Number(values.repeat); i++) {
    const start = now();
    const result = run();
    best = Math.min(best, now() - start);
    for (const tensor of [result].flat()) tensor.dispose();
  }
  return best;
}

console.log(`${''.padEnd(32)}${['forward', 'by input', 'by filter'].map((s) => s.padStart(22)).join('')}`);
for (const [name, size, c, o, k, stride, pad, upsample, batch = 1] of shapes) {
  if (!name.includes(values.only)) continue;
  const out = Math.floor((size * upsample + 2 * pad - k) / stride) + 1;
  const gflop = (2 * batch * out * out * k * k * c * o) / 1e9;
  const x = randomUniform([batch, size, size, c], -1, 1);
  const filter = randomUniform([k, k, c, o], -1, 1);
  const dy = randomUniform([batch, out, out, o], -1, 1);
  const attrs = { stride, pad, padMode: pad > 0 ? 'reflect' : 'zero', upsample, activation: 'none', slope: 0 };
  const grad = (needsX) => () =>
    engine().runKernel('PaddedConv2DGrad', { x, filter, dy }, { ...attrs, needsX, needsFilter: !needsX, needsBias: false });
  const times = [time(() => engine().runKernel('PaddedConv2D', { x, filter }, attrs)), time(grad(true)), time(grad(false))];
  console.log(name.padEnd(32) + times.map((ms) => `${ms.toFixed(2)} ms ${(gflop / (ms / 1e3)).toFixed(0).padStart(5)} GF/s`.padStart(22)).join(''));
  for (const tensor of [x, filter, dy]) tensor.dispose();
}
await disposeSimdBackend();
