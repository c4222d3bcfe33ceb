/** What the report runs, in order. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { softwareVulkan } from '../lib/devices.mjs';
import { inRoot } from '../lib/paths.mjs';

/**
 * @typedef {object} Step
 * @property {string} stage What --skip calls it.
 * @property {string} title
 * @property {string} command
 * @property {readonly string[]} args
 * @property {Record<string, string>} [environment]
 * @property {number} [minutes]
 * @property {() => string | undefined} [needs] Why it cannot run, asked when its turn comes.
 */

const node = process.execPath;
const cli = inRoot('packages/cli/dist/main.js');

/** @param {{ devices: readonly string[], quick: boolean, folder: string }} options @returns {readonly Step[]} */
export function stepsFor({ devices, quick, folder }) {
  const wantsCuda = devices.includes('cuda');
  const wantsAddon = wantsCuda || devices.includes('tensorflow');
  const data = join(folder, 'shapes');
  return [
    { stage: 'build', title: 'Build', command: node, args: [inRoot('scripts/run.mjs'), 'build'] },
    ...(wantsAddon && !hasAddon(wantsCuda) ? [addonStep(wantsCuda)] : []),
    { stage: 'doctor', title: 'Doctor', command: node, args: [cli, 'doctor'], minutes: 15 },
    { stage: 'train', title: 'Data for training', command: node, args: [cli, 'data', 'synthetic', data, '--size', '64', '--count', '100'] },
    ...devices.flatMap((device) => stepsOf(device, { quick, folder, data })),
  ];
}

/** @param {string} device @param {{ quick: boolean, folder: string, data: string }} options @returns {readonly Step[]} */
function stepsOf(device, { quick, folder, data }) {
  const isSoftware = device === 'webgpu' && !hasOwnVulkan();
  /** @type {Record<string, string>} */
  const environment = isSoftware ? softwareVulkan() : device === 'cuda' ? { MUNIT_TORCH_DEVICE: 'cuda' } : {};
  const onGpu = isSoftware ? 'WebGPU has no driver of a card here, and software would take hours.' : undefined;
  const run = join(folder, `run-${device}`);
  const steps = quick ? 20 : 100;
  const items = quick ? 'translate-128,train-64' : 'translate-256,translate-128,decode-256,train-256,train-128,train-64,train-32';
  const contractName = device === 'webgpu' ? 'webgpu-node' : device;
  /** @param {string} stage @param {string} what @param {readonly string[]} args @param {number} [minutes] @returns {Step} */
  const step = (stage, what, args, minutes = 30) => ({ stage, title: `${device}: ${what}`, command: node, args, environment, minutes });
  return [
    {
      ...step('contract', 'contract of all ops', [inRoot('node_modules/vitest/vitest.mjs'), 'run', '--project', 'node', 'packages/core/src/ops', '-t', `on ${contractName}\\b`]),
      environment: { ...environment, MUNIT_REQUIRE_DEVICES: contractName, ...(isSoftware ? {} : { MUNIT_TEST_GPU: '1' }) },
    },
    step('parity', 'parity with the published code', [inRoot('apps/parity/dist/main.js'), '--device', device, ...(isSoftware ? ['--layers-only'] : [])]),
    { ...step('train', `training, ${steps} steps at 64×64`, [cli, 'train', '--data', data, '--preset', 'quick', '--size', '64', '--steps', String(steps), '--out', run, '--device', device, '--progress', 'lines']), needs: () => onGpu },
    { ...step('train', 'training goes on', [cli, 'train', '--resume', run, '--steps', String(steps + 10), '--device', device, '--progress', 'lines']), needs: () => (existsSync(run) ? undefined : 'There is no run to go on with.') },
    { ...step('bench', 'bench', [inRoot('bench/dist/main.js'), '--device', device, '--only', items, '--peers', device === 'simd' ? 'pytorch' : 'munit-simd,pytorch', '--runs', quick ? '3' : '7'], 60), needs: () => onGpu },
  ];
}

/** Whether Vulkan, which WebGPU in Node needs on Linux, has a driver of this machine's. */
const hasOwnVulkan = () =>
  process.platform !== 'linux' || ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'].some((folder) => existsSync(folder)) || (process.env.VK_DRIVER_FILES ?? '') !== '';

/** @param {boolean} gpu @returns {Step} */
const addonStep = (gpu) => ({
  stage: 'addon',
  title: gpu ? "TensorFlow's addon for CUDA" : "TensorFlow's addon",
  command: node,
  args: [inRoot('packages/core/scripts/tensorflow.mjs'), ...(gpu ? ['--gpu'] : [])],
  minutes: 60,
});

/** Whether there is an addon that will do. @param {boolean} gpu */
function hasAddon(gpu) {
  const folder = process.env.MUNIT_TENSORFLOW_ADDON ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'munit', 'tensorflow');
  const path = join(folder, 'addon.json');
  if (!existsSync(path)) return false;
  const addon = /** @type {{ gpu: boolean }} */ (JSON.parse(readFileSync(path, 'utf8')));
  return addon.gpu || !gpu;
}
