// The program of a decode process.
import { serveChannel } from '@munit/core/channel';
import { BrokenImageError } from '@munit/images';
import { decodeImage, loadSharp } from '@munit/images/node';
import { decodeFile, inspectFile } from './decodeFile.js';
import type { DecodeCalls } from './protocol.js';

/** One image per process at a time; files are read once, so libvips' cache only costs memory. */
const configured = loadSharp().then((sharp) => {
  sharp.concurrency(1);
  sharp.cache(false);
});
// Each call reports it.
configured.catch(() => undefined);

/** A PNG of one white pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==';

serveChannel<DecodeCalls>(
  process,
  {
    async selfTest() {
      await configured;
      await decodeImage(Buffer.from(PIXEL, 'base64'));
      return undefined;
    },
    async decode({ file, prepare }) {
      await configured;
      return decodeFile(file, prepare);
    },
    async inspect({ file, maxPixels }) {
      await configured;
      return inspectFile(file, maxPixels);
    },
  },
  // One after the other: the pool blames the oldest request when this process dies, and memory stays at one image's.
  { serial: true, errors: { BrokenImageError }, onGone: () => process.exit(0) },
);
// Ctrl-C reaches the whole process group; the parent decides when decoding ends.
process.on('SIGINT', () => undefined);
