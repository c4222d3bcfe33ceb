/** onnxruntime-web's WebGPU on the exported graph. */
import * as ort from 'onnxruntime-web/webgpu';
import type { Files, Subject } from './subject.js';

export const onnxruntimeVersion = (): string => ort.env.versions.web ?? ort.env.versions.common;

export async function onnxruntime({ graph, inputs }: Pick<Files, 'graph' | 'inputs'>): Promise<Subject> {
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(graph, { executionProviders: ['webgpu'], graphOptimizationLevel: 'all', logSeverityLevel: 3 });
  const feed = (name: string): ort.Tensor => {
    const found = inputs.get(name === 'image' ? 'image_a' : name);
    if (found === undefined) throw new Error(`The graph asks for '${name}', which the materials do not hold.`);
    return new ort.Tensor('float32', Float32Array.from(found.data), [...found.shape]);
  };
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, feed(name)]));
  const output = session.outputNames[0] ?? '';
  return { run: async () => (await session.run(feeds))[output]?.data as Float32Array };
}
