/** `munit evaluate`: its options, its request, its work. */
import { type Command, Option } from 'commander';
import type { EvaluateRequest } from '../evaluation/request.js';
import { protocolNames } from '../evaluation/types.js';
import { exitCodes } from '../exitCodes.js';
import { withInterrupt } from '../interrupt.js';
import { shardChoice, type ShardChoice, shardOf } from '../shard.js';
import { checkpointName, pathOf, pathsOf, wholeNumber } from '../values.js';
import type { Action, CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice } from '../deviceOptions.js';

type EvaluateOptions = DeviceChoice & {
  readonly protocol?: EvaluateRequest['protocols'];
  readonly to: EvaluateRequest['to'];
  readonly checkpoint?: string;
  readonly a?: string;
  readonly b?: string;
  readonly size?: number;
  readonly inputs: number;
  readonly styles?: number;
  readonly real: number;
  readonly seed: number;
  readonly features: string;
  readonly weights?: string;
  readonly classifier?: string;
  readonly classifierA?: string;
  readonly resamples: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly skipBroken?: true;
  readonly shard?: ShardChoice;
  readonly json?: true;
};

const examples = `
Protocols:
  diversity       LPIPS between translations of one input: 19 pairs as the paper, all pairs of 10 as StarGAN v2
  quality         FID, KID, precision and recall, NDB and JSD to real images; real against real beside them
  modes           CIS and IS, by a classifier that "munit classify train" made
  reconstruction  what a model keeps of images, contents and styles
  synthetic       the figures of the synthetic benchmark or of animals, whose truth is known
Without --protocol: synthetic for a run on images whose truth is known, otherwise every protocol whose requirements are met.

Results: evaluation.json, evaluation.html with the pictures behind each figure, and the translations. Interrupted,
the same command continues.

Examples:
  munit evaluate runs/shapes                                    on the benchmark
  munit evaluate runs/cats2dogs --protocol all --classifier breeds
  munit evaluate model/ --a cats/ --b dogs/ --to b
  munit evaluate photos/ translations/ --styles 20              two folders, no model: 20 files in a row are of one input
  munit evaluate runs/shapes --json | jq .contentIoU
  munit evaluate model/ --a cats/ --b dogs/ --shard 2/8         one of eight parts; then: munit merge evaluation`;

/** Evaluates; the library is loaded when it is needed. */
const work: Action<EvaluateRequest> = async (request, io, signal) => {
  const { evaluate } = await import('../evaluation/evaluate.js');
  await evaluate(request, io, signal);
  return exitCodes.ok;
};

export function addEvaluate(program: Command, { io, setExitCode }: CommandContext, action: Action<EvaluateRequest> = work): void {
  const command = program.command('evaluate').argument('<what...>', '', pathsOf).description('measure a run, a model, or a folder of translations against real images');
  addDeviceOptions(command)
    .addOption(new Option('--protocol <names...>', 'what to measure').choices([...protocolNames, 'all']))
    .addOption(new Option('--to <domain>', 'domain of the translations').choices(['a', 'b', 'both']).default('both'))
    .addOption(new Option('--checkpoint <which>', "of a run: 'best', 'latest' or a step").argParser(checkpointName))
    .option('--a <folder>', 'images of domain A, for a model (a run knows its own)', pathOf)
    .option('--b <folder>', 'images of domain B', pathOf)
    .addOption(new Option('--size <px>', "side that images are brought to (the model's own)").argParser(wholeNumber(8, 8192)))
    .addOption(new Option('--inputs <n>', 'inputs to translate').argParser(wholeNumber(1)).default(100))
    .addOption(new Option('--styles <n>', 'random styles per input (20; 100 on the benchmark); of folders, files in a row that are of one input (1)').argParser(wholeNumber(1, 10_000)))
    .addOption(new Option('--real <n>', 'real images at most').argParser(wholeNumber(4)).default(1000))
    .addOption(new Option('--seed <n>', 'of styles, draws and intervals').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .option('--features <network>', 'whose features FID, KID and the rest compare ("munit weights" says which there are)', 'alexnet')
    .option('--weights <file>', "the network's weights, where they do not come with npm", pathOf)
    .option('--classifier <folder>', 'of the modes of B, made by "munit classify train"', pathOf)
    .option('--classifier-a <folder>', 'of the modes of A', pathOf)
    .addOption(new Option('--resamples <n>', 'resampled sets for the interval of each distance between sets; 0 for none').argParser(wholeNumber(0, 10_000)).default(100))
    .option('--out <folder>', 'folder of the results (evaluation, in the run folder for a run)', pathOf)
    .option('--no-resume', 'measure everything again')
    .option('--skip-broken', 'leave out images that cannot be read, and name them in a warning')
    .addOption(new Option('--shard <i/n>', "measure this part of the images only, for \"munit merge\"; by default what Slurm or Kubernetes has set; 'rank' takes RANK and WORLD_SIZE, 'none' all").argParser(shardChoice))
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action(async (what: string[], options: EvaluateOptions) => {
      const { protocol, checkpoint, a, b, size, styles, weights, classifier, classifierA, out, threads, shard, json, skipBroken, ...rest } = options;
      const request: EvaluateRequest = { what, protocols: protocol, checkpoint, a, b, size, styles, weights, classifier, classifierA, out, threads, shard: shardOf(shard, process.env), skipBroken: skipBroken === true, ...rest, json: json === true };
      setExitCode(await withInterrupt(io, (signal) => action(request, io, signal)));
    });
}
