import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { transformParityCases } from './transformParity.js';

describe('transformParityCases', () => {
  it("equals torchvision's Resize, CenterCrop and Normalize in every byte", async () => {
    const results = await transformParityCases(fileURLToPath(new URL('../../test-data/transforms', import.meta.url)));
    expect(results.map(({ name }) => name)).toEqual([
      'case0/resized', 'case0/tensor_chw',
      'case1/resized', 'case1/center_cropped', 'case1/tensor_chw',
      'case2/resized', 'case2/tensor_chw',
      'case3/resized', 'case3/center_cropped', 'case3/tensor_chw',
    ]);
    expect(results.filter(({ error, pass }) => error !== 0 || !pass)).toEqual([]);
  });

  it('says that a directory has no cases', async () => {
    await expect(transformParityCases('/nowhere')).rejects.toThrow('/nowhere/transforms.safetensors does not exist');
  });
});
