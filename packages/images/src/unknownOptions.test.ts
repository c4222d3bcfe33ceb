/** JavaScript has no types to say that an option is misspelt: every call says so itself, before it does anything. */
import { ArgumentError } from '@munit/core/errors';
import { expect, it } from 'vitest';
import { decodeBlob } from './browser/index.js';
import { decodeImage, listImages } from './node/index.js';

/** As a program without types gives them. */
const given = (options: Record<string, unknown>): never => options as never;

it.each<[what: string, call: () => unknown, message: string]>([
  ['decodeImage', () => decodeImage(new Uint8Array(), given({ timeout: 5 })), "decodeImage: there is no option 'timeout'. Known options: name, maxPixels, timeoutSeconds."],
  ['decodeBlob', () => decodeBlob(new Blob(), given({ maxpixels: 5 })), "decodeBlob: there is no option 'maxpixels'. Did you mean 'maxPixels'?"],
  ['listImages', () => listImages('nowhere', given({ skp: 'out' })), "listImages: there is no option 'skp'. Did you mean 'skip'?"],
])('an option that nothing reads is refused by %s', async (_, call, message) => {
  const error: unknown = await Promise.resolve().then(call).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(message);
});
