import { join } from 'node:path';
import { Problem, run, say } from './lib.mjs';

const program = `
const binding = require(process.argv[1]);
console.log(JSON.stringify({ version: binding.TF_Version, usesGpu: binding.isUsingGpuDevice() }));
`;

/**
 * Loads the finished addon in a process of its own, with all that TensorFlow has to say when a GPU is wanted.
 * @param {string} folder
 * @param {boolean} gpu
 * @returns {Promise<{ version: string, usesGpu: boolean }>}
 */
export async function tryAddon(folder, gpu) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: gpu ? '0' : '2', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  const text = await run(process.execPath, ['-e', program, join(folder, 'tfjs_binding.node')], 'The addon was built and does not load.', { env });
  const lines = text.trim().split('\n');
  const last = lines.findLast((line) => line.startsWith('{'));
  if (last === undefined) throw new Problem(`The addon was built and does not answer:\n${text}`);
  if (gpu) say(lines.filter((line) => line !== last).map((line) => `  ${line}`).join('\n'));
  return /** @type {{ version: string, usesGpu: boolean }} */ (JSON.parse(last));
}
