import { AbortedError } from '@munit/core';
import { configOf, openParts } from './parts.js';
import { TrainingSession } from './session.js';
import type { OpenTrainingOptions, Training } from './types.js';

/**
 * Opens a training run in a page or, better, in a worker: images, device and state are ready when it resolves, and nothing is
 * trained yet. The same configuration, images and seed give the same losses as `runTraining` in Node.
 *
 * @example
 * const training = await openTraining({ sets: { a: cats, b: dogs }, preset: 'quick', onEvent: (event) => postMessage(event) });
 * await training.run();
 * const files = await training.exportModel();
 *
 * @throws ConfigError, DataError (too few images, none that can be read), DeviceUnavailableError, OutOfMemoryError
 * @throws CheckpointMismatchError, SafetensorsError when `resume` is no checkpoint
 */
export async function openTraining(options: OpenTrainingOptions): Promise<Training> {
  const { signal } = options;
  const throwIfAborted = (): void => {
    if (signal?.aborted === true) throw new AbortedError('Opening the training was aborted.', { cause: signal.reason });
  };
  throwIfAborted();
  const config = configOf(options);
  const parts = await openParts(config, options, options, options.resume);
  const session = new TrainingSession(config, options, parts);
  try {
    throwIfAborted();
  } catch (error) {
    await session.dispose();
    throw error;
  }
  // Its failure, if there is one, is `run`'s to tell.
  signal?.addEventListener('abort', () => void session.stop().catch(() => undefined), { once: true });
  return session;
}
