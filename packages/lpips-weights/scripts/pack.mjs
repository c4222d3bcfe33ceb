/**
 * Makes data/weights.js: `pnpm weights FOLDER`, where FOLDER holds alexnet_features.safetensors (torchvision's IMAGENET1K_V1) and
 * lpips_{alex,vgg}_v{0.0,0.1}.pth (as in the PyPI package lpips 0.1.4). Run by hand; the result is committed.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import { readCheckpoint } from '@munit/formats';

/** The published files' SHA-256: nothing else is packed. */
const sums = {
  'lpips_alex_v0.0.pth': '18720f55913d0af89042f13faa7e536a6ce1444a0914e6db9461355ece1e8cd5',
  'lpips_alex_v0.1.pth': 'df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0',
  'lpips_vgg_v0.0.pth': 'b9e4236260c3dd988fc79d2a48d645d885afcbb21f9fd595e6744cf7419b582c',
  'lpips_vgg_v0.1.pth': 'a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868',
};

const folder = process.argv[2] ?? '.';
/** @param {string} name */
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));

/** @type {(readonly [string, import('@munit/core').WriteEntry])[]} */
const entries = [...readSafetensors(read('alexnet_features.safetensors')).tensors].map(([name, tensor]) => [
  `alexnet.${name}`,
  // The first layer's rounding is felt by all others, most where images are not scaled (v0.0); it is small.
  { shape: tensor.shape, data: tensor.float32(), dtype: /^features\.0\.|bias$/.test(name) ? 'F32' : 'F16' },
]);
for (const [file, sum] of Object.entries(sums)) {
  const bytes = read(file);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sum) throw new Error(`${file} has the SHA-256 ${found}, and the published file ${sum}.`);
  const [, network, version] = /** @type {RegExpExecArray} */ (/^lpips_(\w+)_(v[\d.]+)\.pth$/.exec(file));
  const checkpoint = readCheckpoint(bytes);
  if (checkpoint.kind !== 'lpips') throw new Error(`${file} holds a ${checkpoint.kind}.`);
  for (const [head, { shape, data }] of [...checkpoint.heads].sort(([a], [b]) => (a < b ? -1 : 1))) {
    entries.push([`lpips.${network}.${version}.${head}`, { shape, data }]);
  }
}
const file = writeSafetensors(entries, { source: 'torchvision AlexNet IMAGENET1K_V1 (BSD-3-Clause); lpips 0.1.4 (BSD-2-Clause)' });
const text = `export const weights = '${Buffer.from(file).toString('base64')}';\n`;
writeFileSync(new URL('../data/weights.js', import.meta.url), text);
console.log(`data/weights.js: ${entries.length} tensors, ${file.length} bytes, ${text.length} as text`);
