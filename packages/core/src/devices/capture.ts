/** Work that is captured where the device can do that, and done again where it cannot: with one contract. */
import { type DataType, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ArgumentError, ShapeError } from '../errors/index.js';
import { runKernel } from '../tfjs.js';
import type { OpenBackend } from './driver.js';
import type { CapturedUpdate, CapturedWork, UpdatingWork } from './types.js';

/** @see Device.capture */
export function captureOn({ capture }: Pick<OpenBackend, 'capture'>, inputs: readonly Tensor[], work: (inputs: readonly Tensor[]) => Tensor): CapturedWork {
  const { bytes, run, dispose } = capture === undefined ? repeated(work) : capture(inputs, work);
  const use = guard('work', inputs, dispose);
  return { bytes, run: (given) => (use.check(given), run(given)), dispose: use.dispose };
}

/** @see Device.captureUpdate */
export function captureUpdateOn({ captureUpdate }: Pick<OpenBackend, 'captureUpdate'>, state: readonly Tensor[], inputs: readonly Tensor[], work: UpdatingWork): CapturedUpdate {
  if (new Set(state.map(({ dataId }) => dataId)).size < state.length) {
    throw new ArgumentError('A captured update cannot take a tensor twice: each of the state is overwritten in its place.', { remedy: 'Give a copy of its values, not another handle on them.' });
  }
  const { bytes, run, fits, dispose } = captureUpdate === undefined ? repeatedUpdate(state, work) : captureUpdate(state, inputs, work);
  const use = guard('update', inputs, dispose);
  return {
    bytes,
    fits,
    run(before, given) {
      use.check(given);
      if (!fits(before)) throw new ArgumentError('The captured update was given another state than the one that it was captured for.', { remedy: 'Capture it again, for this one.' });
      return run(before, given);
    },
    dispose: use.dispose,
  };
}

/** What every run is checked for. @param kind what was captured */
function guard(kind: 'work' | 'update', inputs: readonly Tensor[], release: () => void): { readonly check: (given: readonly Tensor[]) => void; readonly dispose: () => void } {
  const expected = inputs.map(signatureOf).join(', ');
  let disposed = false;
  return {
    check(given) {
      if (disposed) throw new ArgumentError(`The captured ${kind} was disposed of.`, { remedy: 'Capture it again.' });
      if (given.some(({ isDisposed }) => isDisposed)) throw new ArgumentError(`The captured ${kind} was given a tensor that was disposed of.`, { remedy: 'Dispose of inputs after the run.' });
      const found = given.map(signatureOf).join(', ');
      if (found !== expected) throw new ShapeError(`The captured ${kind} takes (${expected}), but it was given (${found}).`, { remedy: 'Capture it for these shapes too.' });
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      release();
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

/** Any state of the same shapes will do. */
function repeatedUpdate(state: readonly Tensor[], work: UpdatingWork): CapturedUpdate {
  const expected = state.map(signatureOf).join(', ');
  return { run: work, fits: (given) => given.every(({ isDisposed }) => !isDisposed) && given.map(signatureOf).join(', ') === expected, bytes: 0, dispose: () => undefined };
}
