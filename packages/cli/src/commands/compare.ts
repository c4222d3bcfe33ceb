/** `munit compare`: its options, its request, its work. */
import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { CompareRequest } from '../comparison/request.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { pathOf } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice } from '../deviceOptions.js';

type CompareOptions = DeviceChoice & { readonly out?: string; readonly progress: CompareRequest['progress'] };

const examples = `
The file:
  data: { data_root: cats2dogs/ }         any options of images; or synthetic_count: 1000 for the benchmark
  config: { new_size: 64, crop_image_height: 64, crop_image_width: 64 }      options of all methods, by their names in the YAML of munit train
  budget: { steps: 20000 }                or minutes: 60, for each run
  seeds: [0, 1, 2]
  evaluation: { inputs: 100, styles: 20, classifier: breeds/ }               without classifier no IS and CIS
  methods:
    - MUNIT
    - MUNIT without style reconstruction  and without image, content reconstruction
    - UNIT
    - CycleGAN
    - CycleGAN with noise
    - { method: BicycleGAN, budget: { steps: 60000 } }     needs pairs; a method may be changed by config, and have a budget of its own
    - { name: Wide MUNIT, preset: quick, config: { gen: { dim: 96 } } }

Results: report.html, report.md and report.csv: the paper's tables with intervals, pictures side by side, time and memory.
Interrupted or killed, the same command continues.

Example:
  munit compare cats2dogs.yaml --out runs/cats2dogs-methods`;

/** Compares; the library is loaded when it is needed. */
const work: Action<CompareRequest> = async (request, io, signal) => {
  io.continueUnread?.();
  const { compare } = await import('../comparison/compare.js');
  if (await compare(request, io, signal)) return exitCodes.ok;
  io.stderr.write(`Saved. Continue with:  munit compare ${request.plan} --out ${request.out}\n`);
  return exitCodes.interrupted;
};

export function addCompare(program: Command, { io, setExitCode }: CommandContext, action: Action<CompareRequest> = work): void {
  const command = program
    .command('compare')
    .argument('<file>', 'a YAML file: data, methods, budget, seeds', pathOf)
    .description('train several methods alike and compare what they make')
    .option('--out <folder>', 'folder of the runs and the report (runs/ and the name of the file)', pathOf);
  addDeviceOptions(command)
    .addOption(new Option('--progress <mode>', 'how to show progress').choices(['auto', 'bar', 'lines', 'json', 'quiet']).default('auto'))
    .addHelpText('after', examples)
    .action(async (plan: string, { out, device, threads, progress }: CompareOptions) => {
      const request: CompareRequest = { plan, out: out ?? join('runs', basename(plan).replace(/\.ya?ml$/, '')), device, threads, progress };
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
