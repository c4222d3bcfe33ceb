/** The same files in a page: read, recognised, loaded from files, checked by SHA-256. */
import { expect, it } from 'vitest';
import { modelFor, tiny } from '../test/models.js';
import { exportOnnx } from './onnx/index.js';
import { loadModel, packModel, readCheckpoint, writeNetworks } from './index.js';

/** Vite serves the repository from its root. */
async function file(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`/packages/formats/test-data/${path}`);
  expect(response.ok).toBe(true);
  return new Uint8Array(await response.arrayBuffer());
}

it.each([
  ['checkpoint_munit/gen_00000005.legacy.pt', 'generator'],
  ['checkpoint_unit/gen_00000005.pytorch03.pt', 'generator'],
  ['checkpoint_munit/dis_00000005.pt', 'discriminator'],
  ['checkpoint_unit/optimizer.legacy.pt', 'optimizer'],
])('%s is a %s', async (path, kind) => {
  expect(readCheckpoint(await file(`reference/${path}`)).kind).toBe(kind);
});

it('a dropped checkpoint, a dropped model folder and an address load', async () => {
  const bytes = await file('reference/checkpoint_munit/gen_00000005.legacy.pt');
  const model = await loadModel(new File([bytes], 'gen.pt'));
  expect(model.networks.a.get('mlp.model.2.fc.weight')?.shape).toEqual([128, 16]);
  const small = modelFor(tiny);
  const folder = [...(await packModel(small))].map(([name, data]) => new File([data], name));
  expect(await loadModel(folder)).toEqual(small);
  const address = URL.createObjectURL(new Blob([writeNetworks(small.networks) as Uint8Array<ArrayBuffer>]));
  expect((await loadModel(address)).networks).toEqual(small.networks);
  URL.revokeObjectURL(address);
});

it('exports ONNX', () => {
  expect(exportOnnx(modelFor(tiny), 'translate', 'a').length).toBeGreaterThan(5000);
});
