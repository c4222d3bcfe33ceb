import { readFileSync } from 'node:fs';
import { visibleJson } from '@munit/core/text';
import { type Command, Option } from 'commander';
import { exitCodes } from '../exitCodes.js';
import { tryImages } from '../tryImages.js';
import type { CommandContext } from './context.js';
import { deviceChoices } from '../deviceOptions.js';

interface DoctorOptions {
  readonly json?: true;
  readonly device?: readonly string[];
  readonly try?: string;
}

const examples = `
Prints no names of users or hosts: paste it into an issue as it is. Each device is tried in a process of its own.
It exits with 4 when no device can be used, or one computes wrongly.

Examples:
  munit doctor
  munit doctor --device cuda webgpu
  munit doctor --json | jq '.devices[] | select(.available) | .name'`;

const version = (): string => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

export function addDoctor(program: Command, { io, setExitCode }: CommandContext): void {
  program
    .command('doctor')
    .description('say what this machine can compute on, test it, and say how to get more out of it')
    .option('--json', 'one JSON object instead of sentences')
    .addOption(new Option('--device <names...>', 'try only these').choices(deviceChoices.filter((name) => name !== 'auto')))
    .addOption(new Option('--try <device>', "try one device in this process: what the doctor's children do").choices(deviceChoices.filter((name) => name !== 'auto')).hideHelp())
    .addHelpText('after', examples)
    .action(async (options: DoctorOptions) => {
      const [{ isIll }, { describe }, { deviceNames, tryDevice }, { examine }, { machineProbes }] = await Promise.all([
        import('../doctor/advice.js'),
        import('../doctor/describe.js'),
        import('../doctor/devices.js'),
        import('../doctor/examine.js'),
        import('../doctor/probes.js'),
      ]);
      const named = deviceNames.filter((name) => options.device?.includes(name) ?? true);
      if (options.try !== undefined) {
        const [name = 'simd'] = deviceNames.filter((one) => one === options.try);
        io.stdout.write(`${JSON.stringify(await tryDevice(name))}\n`);
        return;
      }
      const probes = machineProbes();
      const found = await examine(probes, {
        munit: version(),
        command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
        images: tryImages,
        devices: named,
        onProgress: (what) => void (io.stderr.isTTY === true && io.stderr.write(`Looking at ${what} ...\n`)),
      });
      const text = options.json === true ? `${visibleJson(found)}\n` : describe(found);
      // Made for pasting: the folder of the user bears the user's name.
      io.stdout.write(probes.home.length > 1 ? text.replaceAll(probes.home, '~') : text);
      if (isIll(found)) setExitCode(exitCodes.device);
    });
}
