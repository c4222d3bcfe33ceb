import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Command } from 'commander';
import type { DeviceProbe } from '@munit/train/node';
import { exitCodes } from '../exitCodes.js';
import { tryImages } from '../tryImages.js';
import type { CommandContext } from './context.js';

interface Findings {
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly images: { readonly available: boolean; readonly description: string };
  readonly devices: readonly DeviceProbe[];
}

async function examine(): Promise<Findings> {
  const { listDevices } = await import('@munit/train/node');
  return {
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    images: await tryImages(),
    devices: await listDevices(),
  };
}

const mark = (good: boolean): string => (good ? '✓' : '–');

function describe(found: Findings): string {
  const devices = found.devices.flatMap((device) =>
    device.available
      ? [`  ${mark(true)} ${device.name.padEnd(11)} ${device.description}${device.software ? ' (software)' : ''}`]
      : [`  ${mark(false)} ${device.name.padEnd(11)} ${device.reason}`, `    ${' '.repeat(11)} ${device.remedy}`],
  );
  // A software adapter is slower than the default, so it is never taken unasked.
  const taken = found.devices.find((device) => device.available && !device.software);
  return [
    `Node.js    ${found.node}`,
    `System     ${found.system}`,
    `Processor  ${found.processor}, ${found.threads} threads`,
    `Memory     ${(found.memoryBytes / 1e9).toFixed(1)} GB`,
    '',
    'Images',
    `  ${mark(found.images.available)} ${found.images.description}`,
    '',
    'Devices, the best first',
    ...devices,
    '',
    taken === undefined ? 'No device can be used.' : `munit takes ${taken.name}, unless --device names another.`,
    '',
  ].join('\n');
}

const examples = `
Examples:
  munit doctor
  munit doctor --json | jq '.devices[] | select(.available) | .name'`;

export function addDoctor(program: Command, { io, setExitCode }: CommandContext): void {
  program
    .command('doctor')
    .description('say what this machine can compute on, and how to get more out of it')
    .option('--json', 'one JSON object instead of sentences')
    .addHelpText('after', examples)
    .action(async ({ json }: { readonly json?: true }) => {
      const found = await examine();
      io.stdout.write(json === true ? `${JSON.stringify(found)}\n` : describe(found));
      if (!found.devices.some(({ available }) => available)) setExitCode(exitCodes.device);
    });
}
