/** The worker that holds the model: all networks run here. */
import { memory, openDevice } from '@munit/core';
import { loadTranslator, type Translator } from '@munit/infer';
import { serveTranslator } from '@munit/infer/worker';
import { isVitalsRequest, type Vitals } from './vitals.js';

let translator: Translator | undefined;

serveTranslator({
  async load(source, options) {
    translator = await loadTranslator(source, options);
    return translator;
  },
});

/** What the device holds, by a second handle on the one in use. */
async function vitals(): Promise<Vitals> {
  if (translator === undefined) return { kind: 'vitals', tensors: 0, bytes: 0, allocated: undefined, device: undefined };
  const { device } = translator;
  const handle = await openDevice(device.taken, { allowSoftware: true });
  try {
    const { tensors, bytes, allocatedBytes } = handle.memory();
    return { kind: 'vitals', tensors, bytes, allocated: allocatedBytes, device };
  } finally {
    handle.dispose();
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isVitalsRequest(data)) return;
  const failed = (): Vitals => ({ kind: 'vitals', tensors: memory().numTensors, bytes: memory().numBytes, allocated: undefined, device: undefined });
  void vitals()
    .catch(failed)
    .then((answer) => globalThis.postMessage(answer));
});
