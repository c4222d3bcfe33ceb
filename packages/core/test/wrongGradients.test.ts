/**
 * The contract is only worth something if it fails on a wrong gradient. TensorFlow.js has two: that of `mirrorPad` drops what
 * the reflected border contributes, that of a padded `avgPool` divides border windows by the whole window's size.
 */
import { checkNonFinite, checkOp, checkReferenceGradient, type Implementation, type OpCase } from '@munit/testing/contract';
import { avgPoolGradConfig } from '@tensorflow/tfjs-core/dist/gradients/AvgPool_grad.js';
import { mirrorPadGradConfig } from '@tensorflow/tfjs-core/dist/gradients/MirrorPad_grad.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { differentiable } from '../src/autodiff/tape.js';
import { openDevice } from '../src/devices/devices.js';
import { pad2d, pad2dBackward } from '../src/ops/conv2d/padding.js';
import { shownCell } from '../src/ops/conv2d/reference.js';
import { averagePool2dReference } from '../src/ops/pooling/reference.js';
import { accumulate, type Array64, get, index4, map64, sizes4, zeros } from '../src/ops/shared/reference.js';
import { keep, runKernel, type Tensor, type Tensor4D } from '../src/tfjs.js';
import { adapter, need } from './contract.js';

beforeAll(async () => {
  await openDevice('cpu');
});

/** Reflect padding by one, as loops. */
function everyCell(x: Array64, visit: (yIndex: number, xIndex: number) => void): void {
  const [samples, height, width, channels] = sizes4(x);
  const y = zeros([samples, height + 2, width + 2, channels]);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < height + 2; i++) {
      for (let j = 0; j < width + 2; j++) {
        for (let c = 0; c < channels; c++) {
          const row = shownCell(i - 1, height, 'reflect') ?? 0;
          const column = shownCell(j - 1, width, 'reflect') ?? 0;
          visit(index4(y, n, i, j, c), index4(x, n, row, column, c));
        }
      }
    }
  }
}

const padReference = {
  forward(inputs: Readonly<Record<string, Array64>>): Array64 {
    const x = need(inputs, 'x');
    const [n, h, w, c] = sizes4(x);
    const y = zeros([n, h + 2, w + 2, c]);
    everyCell(x, (yIndex, xIndex) => (y.data[yIndex] = get(x, xIndex)));
    return y;
  },
  backward(inputs: Readonly<Record<string, Array64>>, _: undefined, dy: Array64): Readonly<Record<string, Array64>> {
    const dx = zeros(need(inputs, 'x').shape);
    everyCell(need(inputs, 'x'), (yIndex, xIndex) => accumulate(dx, xIndex, get(dy, yIndex)));
    return { x: dx };
  },
};

/** What a TensorFlow.js gradient gives for its first input. */
type GradientFunction = (dy: Tensor, saved: Tensor[], attributes: Record<string, unknown>) => { readonly x: () => Tensor };

/** An op whose forward is a kernel and whose gradient is TensorFlow.js's. */
function byTensorFlow(kernel: string, attributes: Record<string, unknown>, gradient: unknown): Implementation<Tensor, undefined> {
  const gradientFunction = gradient as GradientFunction;
  return {
    name: 'TensorFlow.js',
    run: (inputs) => {
      const x = need(inputs, 'x');
      return differentiable<Tensor>({
        name: kernel,
        inputs: [x],
        forward: () => runKernel(kernel, { x }, attributes),
        backward: ({ dy, output }) => [gradientFunction(dy, [x, output], attributes).x()],
      });
    },
  };
}

const mirrorPad = byTensorFlow(
  'MirrorPad',
  { paddings: [[0, 0], [1, 1], [1, 1], [0, 0]], mode: 'reflect' },
  mirrorPadGradConfig.gradFunc,
);
const averagePool = byTensorFlow(
  'AvgPool',
  { filterSize: [3, 3], strides: [2, 2], pad: 1, dimRoundingMode: 'floor' },
  avgPoolGradConfig.gradFunc,
);
const averageReference = {
  forward: (inputs: Readonly<Record<string, Array64>>) => averagePool2dReference.forward(need(inputs, 'x')),
  backward: (inputs: Readonly<Record<string, Array64>>, _: undefined, dy: Array64) => ({ x: averagePool2dReference.backward(need(inputs, 'x'), dy) }),
};

const image: OpCase<undefined> = { name: 'image', inputs: { x: [1, 4, 5, 2] }, options: undefined };
const contract = { reference: padReference, tolerance: 'elementwise' } as const;

describe('the contract fails on', () => {
  test("TensorFlow.js's gradient of mirrorPad, and on nothing else of it", async () => {
    const failures = await checkOp({ adapter, contract, implementation: mirrorPad, opCase: image });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^the gradient of 'x': worst at \[0, \d, \d, \d\]: ours \S+, truth \S+, error \S+ × the tolerance$/);
    expect(Number(/error (\S+) ×/.exec(failures[0] ?? '')?.[1])).toBeGreaterThan(1000);
  });

  test("TensorFlow.js's gradient of a padded avgPool, and on nothing else of it", async () => {
    const failures = await checkOp({ adapter, contract: { reference: averageReference, tolerance: 'reduction' }, implementation: averagePool, opCase: image });
    expect(failures).toHaveLength(1);
    // A corner's window has four cells inside, of nine.
    expect(failures[0]).toMatch(/^the gradient of 'x': worst at \[0, \d, \d, \d\]: ours \S+, truth \S+, error \S+ × the tolerance$/);
    const [, ours, truth] = /ours (\S+), truth (\S+),/.exec(failures[0] ?? '') ?? [];
    expect(Number(truth) / Number(ours)).toBeGreaterThan(1.4);
  });

  test('a reference whose gradient is not that of its forward', () => {
    const dropped = {
      forward: padReference.forward,
      backward: (inputs: Readonly<Record<string, Array64>>, _: undefined, dy: Array64) => {
        const dx = need(padReference.backward(inputs, undefined, dy), 'x');
        return { x: map64(dx, (value, i) => (i === 7 ? value * 1.001 : value)) };
      },
    };
    const small = { ...image, inputs: { x: [1, 2, 5, 2] } };
    expect(checkReferenceGradient(contract, small)).toEqual([]);
    const failures = checkReferenceGradient({ reference: dropped }, small);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^the reference's gradient of 'x' at \[0, 0, 3, 1\] is \S+, but finite differences give \S+$/);
  });

  test('a wrong value, a leak, a changed input, a lost NaN', async () => {
    const ours = (forward: (x: Tensor4D) => Tensor): Implementation<Tensor, undefined> => ({
      name: 'ours',
      run: (inputs) => {
        const x = need(inputs, 'x') as Tensor4D;
        const backward = ({ dy }: { dy: Tensor }): Tensor[] => [pad2dBackward(dy as Tensor4D, 'reflect', 1)];
        return differentiable<Tensor>({ name: 'pad', inputs: [x], forward: () => forward(x), backward });
      },
    });
    const check = (forward: (x: Tensor4D) => Tensor): Promise<string[]> => checkOp({ adapter, contract, implementation: ours(forward), opCase: image });
    const right = (x: Tensor4D): Tensor => pad2d(x, 'reflect', 1);

    expect(await check(right)).toEqual([]);
    expect((await check((x) => pad2d(x, 'replicate', 1)))[0]).toMatch(/^the value: worst at /);
    expect((await check((x) => right(runKernel<Tensor4D>('Slice', { x }, { begin: [0, 0, 0, 0], size: [1, 4, 4, 2] }))))[0]).toBe(
      'the value: the shape is [1, 6, 6, 2], but must be [1, 6, 7, 2]',
    );
    expect(await check((x) => (keep(runKernel('Identity', { x })), right(x)))).toEqual(['2 tensors leaked']);
    const spoil = (x: Tensor4D): Tensor => {
      const y = right(x);
      (x.dataSync() as Float32Array)[3] = 42;
      return y;
    };
    expect((await check(spoil)).at(-1)).toMatch(/^the input 'x' has changed: worst at \[0, 0, 1, 1\]: ours 42, truth /);

    const relu = (x: Tensor4D): Tensor => right(runKernel<Tensor4D>('ClipByValue', { x }, { clipValueMin: -1e9, clipValueMax: 1e9 }));
    const lost = await checkNonFinite({ adapter, contract, implementation: ours(relu), opCase: image });
    expect(lost.at(-1)).toMatch(/^with -Infinity in 'x': worst at \[0, 3, 1, 0\]: ours -1000000000, truth -Infinity, error Infinity × the tolerance$/);
  });
});
