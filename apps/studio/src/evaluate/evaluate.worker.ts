/** Measures translations in a worker of its own: AlexNet is fetched when somebody evaluates, and the page stays responsive. */
import { DataError, devicesClosed } from '@munit/core';
import { type ChannelEnd, endWith, serveChannel } from '@munit/core/channel';
import { Measuring } from './measuring.js';
import type { EvaluationCalls } from './protocol.js';

let measuring: Measuring | undefined;

const opened = (): Measuring => {
  if (measuring === undefined) throw new DataError('The evaluation has not been opened.', { remedy: 'Call `open` first.' });
  return measuring;
};

const served = serveChannel<EvaluationCalls>(
  globalThis as unknown as ChannelEnd,
  {
    async open(settings) {
      const opened = await Measuring.open(settings);
      if (!(opened instanceof Measuring)) return opened;
      measuring = opened;
      return { cause: undefined };
    },
    async translations(images) {
      await opened().translations(images);
      return undefined;
    },
    async real(image) {
      await opened().real(image);
      return undefined;
    },
    figures: () => opened().figures(),
  },
  { serial: true },
);

endWith(async () => {
  served.close();
  measuring?.close();
  await devicesClosed();
});
