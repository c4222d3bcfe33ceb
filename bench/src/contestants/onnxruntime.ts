/** onnxruntime-node on the graphs that `@munit/formats` exports. */
import { graphFile, inputsFile, readArrays } from '../materials/files.js';
import { serve, type Work } from '../process/serve.js';

await serve(async () => {
  const { env, InferenceSession, Tensor } = await import('onnxruntime-node');
  return {
    version: env.versions.node ?? env.versions.common,
    load: async (item, folder, threads): Promise<Work> => {
      const session = await InferenceSession.create(graphFile(folder, item), {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      });
      const inputs = readArrays(inputsFile(folder, item));
      const feed = (name: string): InstanceType<typeof Tensor> => {
        const found = inputs.get(name === 'image' ? 'image_a' : name);
        if (found === undefined) throw new Error(`The graph asks for '${name}', which the materials do not hold.`);
        return new Tensor('float32', found.data, found.shape);
      };
      const feeds = Object.fromEntries(session.inputNames.map((name) => [name, feed(name)]));
      const output = session.outputNames[0] ?? '';
      const run = async (): Promise<Float32Array> => (await session.run(feeds))[output]?.data as Float32Array;
      return { run: async () => void (await run()), check: run };
    },
  };
});
