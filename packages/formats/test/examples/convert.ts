import { readFile, writeFile } from 'node:fs/promises';
import { modelOf, readCheckpoint, writeNetworks } from '@munit/formats';
import { loadModel, writeModel } from '@munit/formats/node';
import { exportOnnx } from '@munit/formats/onnx';

// What the published trainer saved. Architecture and method are inferred from the shapes; nothing in the file is executed.
const checkpoint = readCheckpoint(await readFile('gen_00000005.pt'));
if (checkpoint.kind !== 'generator') throw new Error(`This is not a generator, but a file of kind ${checkpoint.kind}.`);

// A model folder, half the size: model.safetensors, model.json and README.md.
const named = modelOf(checkpoint, { domains: { a: { name: 'edges' }, b: { name: 'shoes' } } });
await writeModel('edges2shoes', named, { dtype: 'float16' });

// From a folder; also an address, hf:owner/name, a file, a Blob, or bytes.
const model = await loadModel('edges2shoes');

// Back to PyTorch, and to ONNX.
await writeFile('gen.pt', writeNetworks(model.networks));
await writeFile('edges2shoes.onnx', exportOnnx(model, 'translate', 'a'));
