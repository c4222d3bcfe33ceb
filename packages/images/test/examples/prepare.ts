import { readFile, writeFile } from 'node:fs/promises';
import { fromBatch, resizeShorterSide, toBatch, toChannels } from '@munit/images';
import { decodeImage, encodeImage } from '@munit/images/node';

const { pixels, format } = await decodeImage(await readFile('cat.jpg'), { name: 'cat.jpg' });
const image = resizeShorterSide(toChannels(pixels, 3), 256); // alpha on white; torchvision's Resize, byte for byte
console.debug(format, image.width, image.height);

const { shape, data } = toBatch([image]); // float32 in [-1, 1]: the networks' input
const [back] = fromBatch({ shape, data });
await writeFile('small.png', await encodeImage(back!, 'image/png'));
