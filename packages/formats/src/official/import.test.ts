/** An imported checkpoint, in our networks, gives the images that PyTorch gave. */
import { memory, openDevice, readSafetensors } from '@munit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { decode, encodeContent, encodeStyle } from '../../test/ours.js';
import { largestDifference, referenceFile, translations } from '../../test/reference.js';
import { loadModel } from '../model/load.js';

beforeAll(async () => {
  await openDevice('cpu');
});

it('there is truth to compare with', () => expect(translations().length).toBeGreaterThan(0));

describe.each(translations())('%s', (path, truthPath) => {
  it('translates as PyTorch did, to 1e-4', async () => {
    const truth = readSafetensors(referenceFile(truthPath)).tensors;
    const get = (name: string): { shape: readonly number[]; data: Float32Array } => {
      const found = truth.get(`translate/${name}`);
      if (found === undefined) throw new Error(`no ${name}`);
      return { shape: found.shape, data: found.float32() };
    };
    const model = await loadModel(referenceFile(path));
    const before = memory().numTensors;
    const content = await encodeContent(model, 'a', get('x_a'));
    expect(largestDifference(content.data, get('content').data)).toBeLessThan(1e-4);
    const style = truth.has('translate/style_b') ? { ...get('style_b'), shape: get('style_b').shape.slice(0, 2) } : undefined;
    const image = await decode(model, 'b', content, style);
    expect(image.shape).toEqual(get('x_ab').shape);
    expect(largestDifference(image.data, get('x_ab').data)).toBeLessThan(1e-4);
    if (style !== undefined) {
      const own = await encodeStyle(model, 'a', get('x_a'));
      expect(largestDifference(own.data, get('style_a').data)).toBeLessThan(1e-4);
    }
    expect(memory().numTensors).toBe(before);
  });
});
