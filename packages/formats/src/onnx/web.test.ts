/** What pages run: onnxruntime-web's WebAssembly, here in Node. */
import { openDevice } from '@munit/core';
import type { OfficialTensor } from '@munit/layers';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelFor, tiny } from '../../test/models.js';
import { noise, sizes, translateWithLayers } from '../../test/onnx.js';
import { largestDifference } from '../../test/reference.js';
import { exportOnnx, exportOnnxFiles } from './index.js';

beforeAll(async () => {
  env.wasm.numThreads = 1;
  env.logLevel = 'error';
  await openDevice('cpu');
});

const open = (graph: Uint8Array): Promise<InferenceSession> => InferenceSession.create(graph, { executionProviders: ['wasm'] });
const tensorOf = ({ shape, data }: OfficialTensor): Tensor => new Tensor('float32', data, [...shape]);

describe('onnxruntime-web', () => {
  const model = modelFor({ ...tiny, nDownsample: 2, nRes: 2 }, 0.3);

  it('translates as our networks do, at three sizes and batches in one session', async () => {
    const session = await open(exportOnnx(model, 'translate', 'a'));
    for (const [n, h, w] of sizes) {
      const [image, style] = [noise([n, 1, h, w], 7), noise([n, 3], 8)];
      const ours = await translateWithLayers(model, image, style);
      const { translated } = await session.run({ image: tensorOf(image), style: tensorOf(style) });
      expect(translated!.dims).toEqual(ours.shape);
      expect(largestDifference(translated!.data as Float32Array, ours.data)).toBeLessThan(1e-4);
    }
    await session.release();
  });

  it('loads every graph of a model', async () => {
    for (const [name, graph] of exportOnnxFiles(model)) {
      const session = await open(graph);
      expect([name, session.inputNames.length, session.outputNames.length]).toEqual([name, /^(decoder|translate)/.test(name) ? 2 : 1, 1]);
      await session.release();
    }
  });
});
