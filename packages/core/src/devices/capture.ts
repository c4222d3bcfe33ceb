/** Work that is captured where the device can do that, and done again where it cannot: with one contract. */
import { type DataType, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, ShapeError } from '../errors/index.js';
import { runKernel } from '../tfjs.js';
import type { OpenBackend } from './driver.js';
import type { CapturedWork } from './types.js';

/** @see Device.capture */
export function captureOn({ capture }: Pick<OpenBackend, 'capture'>, inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): CapturedWork {
  const expected = inputs.map(signatureOf).join(', ');
  const { run, bytes, dispose } = capture === undefined ? repeated(work) : capture(inputs, work);
  let disposed = false;
  return {
    bytes,
    run(given) {
      if (disposed) throw new ArgumentError('The captured work was disposed of.', { remedy: 'Capture it again.' });
      const found = given.map(signatureOf).join(', ');
      if (found !== expected) throw new ShapeError(`The captured work takes (${expected}), but it was given (${found}).`, { remedy: 'Capture it for these shapes too.' });
      return run(given);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      dispose();
    },
  };
}

const signatureOf = ({ dtype, shape }: { readonly dtype: DataType; readonly shape: readonly number[] }): string => `${dtype}[${shape.join(', ')}]`;

/** The result is always a tensor of its own, as where it is copied. */
const repeated = (work: (inputs: readonly Tensor[]) => Tensor): CapturedWork => ({
  run: (inputs) => tidy(() => runKernel('Identity', { x: work(inputs) })),
  bytes: 0,
  dispose: () => undefined,
});
