/** The findings as text that can be pasted into an issue. */
import { visible } from '@munit/core/text';
import { adviceFor, gigabytes, takenBy } from './advice.js';
import type { DeviceFinding, Findings } from './types.js';

const mark = (good: boolean): string => (good ? '✓' : '–');
const row = (name: string, text: string): string => `${name.padEnd(11)}${text}`;

export function describe(found: Findings): string {
  const taken = takenBy(found.devices);
  const advice = adviceFor(found);
  return [
    row('munit', found.munit),
    row('Node.js', found.node),
    row('System', found.system),
    row('Processor', `${found.processor}, ${found.threads} threads${found.instructions.length === 0 ? '' : ` (${found.instructions.join(' ')})`}`),
    row('Memory', `${gigabytes(found.memoryBytes)}, ${gigabytes(found.freeMemoryBytes)} free`),
    row('Disk', found.disk.map(({ what, freeBytes }) => `${gigabytes(freeBytes)} free in ${what}`).join(', ')),
    row('Images', `${mark(found.images.available)} ${found.images.description}`),
    ...describeNvidia(found),
    row('TensorFlow', addonLine(found)),
    row('Vulkan', `${mark(found.vulkan.loader)} ${found.vulkan.loader ? 'loader found' : 'no loader (libvulkan.so.1)'}; drivers: ${found.vulkan.drivers.join(', ') || 'none'}`),
    ...Object.entries(found.environment).map(([name, value]) => row('', `${name}=${value}`)),
    '',
    'Devices, best first, each tested and timed on a convolution and its gradient, 64×64 with 64 channels',
    ...found.devices.flatMap(describeDevice),
    row('    browser   ', "  in its console, (await navigator.gpu?.requestAdapter())?.info names its WebGPU adapter; undefined means none, and chrome://gpu says why"),
    '',
    taken === undefined ? 'No device can be used.' : `munit uses ${taken.name} unless --device names another.`,
    ...(advice.length === 0 ? [] : ['', 'What to do', ...advice.map((line) => `  ${line}`)]),
    '',
  ]
    .map(visible)
    .join('\n');
}

function describeNvidia({ nvidia: { cards, driver, cuda, libraries } }: Findings): string[] {
  const there = libraries.filter(({ path }) => path !== undefined);
  const version = driver === undefined ? 'no driver' : `driver ${driver}${cuda === undefined ? '' : `, for CUDA up to ${cuda}`}`;
  if (cards.length === 0) return [row('NVIDIA', `${mark(false)} no card, ${version}`)];
  return [
    ...cards.map(({ name, memory, computeCapability }) => row('NVIDIA', `${mark(true)} ${name}, ${memory}, compute capability ${computeCapability}; ${version}`)),
    ...there.map(({ name, path }) => row('', `${name}: ${path}`)),
    ...(there.length === libraries.length ? [] : [row('', `not found: ${libraries.filter(({ path }) => path === undefined).map(({ name }) => name).join(', ')}`)]),
  ];
}

function addonLine({ addon: { folder, tensorflow, gpu } }: Findings): string {
  if (tensorflow === undefined) return `${mark(false)} no addon${folder === '' ? '' : ` in ${folder}`}`;
  return `${mark(true)} addon for ${gpu ? 'the GPU' : 'the CPU'}, TensorFlow ${tensorflow}, in ${folder}`;
}

function describeDevice(device: DeviceFinding): string[] {
  const name = `  ${mark(device.available)} ${device.name.padEnd(11)} `;
  const indent = ' '.repeat(name.length);
  const said = device.said.map((line) => `${indent}said: ${line}`);
  if (!device.available) return [`${name}${device.reason}`, `${indent}${device.remedy}`, ...said];
  const { test, openMs } = device;
  const opened = openMs === undefined ? '' : `, opened in ${openMs.toFixed(0)} ms`;
  const timing = test === undefined ? [] : [`${indent}${verdict(test)}, ${test.bestMs.toFixed(1)} ms (${test.gflops.toFixed(1)} GFLOP/s), the first ${test.firstMs.toFixed(0)} ms${opened}`];
  return [`${name}${device.description}${device.software ? ' (software)' : ''}`, ...timing, ...said];
}

const verdict = ({ passed, error }: NonNullable<DeviceFinding['test']>): string => `${passed ? 'correct' : 'WRONG'} (error ${error.toExponential(1)})`;
