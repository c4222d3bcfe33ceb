/** A worker that trains: two lists of files in, events out, and the model's files at the end. */
import { openTraining } from '@munit/train/browser';

const scope = globalThis as typeof globalThis & { postMessage(message: unknown): void };

interface Start {
  readonly sets: { readonly a: readonly File[]; readonly b: readonly File[] };
  readonly steps: number;
}

addEventListener('message', ({ data }: MessageEvent<Start>) => {
  void train(data).catch((error: Error) => scope.postMessage({ type: 'error', message: error.message }));
});

async function train({ sets, steps }: Start): Promise<void> {
  const training = await openTraining({
    sets,
    preset: 'quick',
    config: { max_iter: steps },
    onEvent: (event) => scope.postMessage(event),
  });
  await training.run();
  scope.postMessage({ type: 'model', files: await training.exportModel() });
  await training.dispose();
}
