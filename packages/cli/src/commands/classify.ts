/** `munit classify train`: a classifier of modes, for IS and CIS. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { visible, visibleJson } from '@munit/core/text';
import { type Command, Option } from 'commander';
import type { ClassifierCard, ClassifierFiles, FeatureExtractor, FeatureSet, FineTuningPhase, ModeImages } from '@munit/metrics';
import { type Counter, counter } from '../counter.js';
import { UsageError } from '../errors.js';
import { withInterrupt } from '../interrupt.js';
import type { OutputStream } from '../io.js';
import { numberFrom, pathOf, wholeNumber } from '../values.js';
import type { CommandContext } from './context.js';
import { addDeviceOptions, type DeviceChoice, deviceNameOf } from '../deviceOptions.js';

interface ClassifyOptions extends DeviceChoice {
  readonly out: string;
  readonly features: string;
  readonly weights?: string;
  readonly size?: number;
  readonly heldOut: number;
  readonly seed: number;
  /** Blocks; true without a number. */
  readonly fineTune?: number | true;
  readonly epochs?: number;
  readonly overwrite?: true;
  readonly json?: true;
}

/** Folders below `folder`, each named by its mode. @throws UsageError when there are none, or images lie beside them */
async function modeFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UsageError(`${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Give a folder that holds a folder of images for each mode.');
  });
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name).sort();
  if (names.length < 2) {
    throw new UsageError(`${folder} holds ${names.length === 0 ? 'no folders' : `one folder ('${names.join('')}')`}, and a classifier needs at least 2 modes.`, 'Put the images of each mode into a folder named by it.');
  }
  return names;
}

/** The images of each mode, one at a time; `dispose` ends the processes that decode them. `isDigested`: with a digest of the files. */
async function openModes(folder: string, names: readonly string[], size: number | undefined, isDigested: boolean): Promise<{ readonly modes: ReadonlyMap<string, ModeImages>; dispose(): Promise<void> }> {
  const { DecodePool, fileSource, resolveDomain } = await import('@munit/data/node');
  const { imageList, batchOf, digestOfFiles } = await import('../evaluation/images.js');
  const pool = new DecodePool({ processes: 1 });
  try {
    const modes = new Map<string, ModeImages>();
    for (const name of names) {
      const list = imageList(fileSource(await resolveDomain(join(folder, name)), { resize: size ?? null, pool }), Infinity, size === undefined ? undefined : { width: size, height: size });
      modes.set(name, { names: list.names, digest: isDigested ? await digestOfFiles([{ ...list, label: name }]) : undefined, load: async (index) => batchOf([await list.load(index)], [list.names[index] as string]) });
    }
    return { modes, dispose: () => pool.dispose() };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

async function featuresOf(extractor: FeatureExtractor, { names, load }: ModeImages, what: string, signal: AbortSignal, stderr: OutputStream): Promise<FeatureSet> {
  const { featureSet } = await import('@munit/metrics');
  const { show, clear } = counter(stderr, `Features of ${what}`);
  try {
    const data = new Float32Array(names.length * extractor.dimension);
    for (let i = 0; i < names.length; i++) {
      signal.throwIfAborted();
      const batch = await load(i);
      try {
        data.set((await extractor.features(batch)).data, i * extractor.dimension);
      } finally {
        batch.dispose();
      }
      show(i + 1, names.length);
    }
    return featureSet(data, extractor.dimension);
  } finally {
    clear();
  }
}

/** Rows are the true modes, columns what they are taken for. */
function formatConfusion({ modes, confusion }: ClassifierCard): string {
  const width = Math.max(...modes.map((name) => name.length), 6);
  const row = (label: string, cells: readonly (string | number)[]): string => `  ${label.padEnd(width)} ${cells.map((cell) => String(cell).slice(0, width).padStart(width)).join(' ')}`;
  return [row('', modes), ...confusion.map((counts, i) => row(modes[i] as string, counts))].join('\n');
}

/** What an interrupted fine-tuning leaves in the folder of the classifier. */
const stateFile = 'fine-tuning.safetensors';

async function train(folder: string, options: ClassifyOptions, { io }: CommandContext, signal: AbortSignal): Promise<void> {
  const names = await modeFolders(folder);
  checkOptions(options);
  const { openDevice } = await import('@munit/core');
  const { writeFileAtomically } = await import('@munit/formats/node');
  const device = await openDevice(deviceNameOf(options.device), options.threads === undefined ? {} : { threads: options.threads });
  try {
    const opened = await openModes(folder, names, options.size, options.fineTune !== undefined);
    try {
      const work = options.fineTune === undefined ? onFrozenFeatures : fineTuned;
      const { card, files } = await work(opened.modes, options, io.stderr, signal);
      await mkdir(options.out, { recursive: true });
      // The card last: a folder without it is not a classifier yet.
      for (const name of ['classifier.safetensors', 'classifier.json']) await writeFileAtomically(join(options.out, name), files.get(name) as Uint8Array);
      await rm(join(options.out, stateFile), { force: true });
      report(card, options, io.stdout);
    } finally {
      await opened.dispose();
    }
  } finally {
    device.dispose();
  }
}

function checkOptions({ out, overwrite, fineTune, epochs, features, weights }: ClassifyOptions): void {
  if (overwrite !== true && existsSync(join(out, 'classifier.json'))) throw new UsageError(`${out} holds a classifier already.`, 'Give another --out, or --overwrite.');
  if (fineTune === undefined && epochs !== undefined) throw new UsageError('--epochs is for --fine-tune.', 'Leave it out, or give --fine-tune.');
  if (fineTune !== undefined && (features !== 'alexnet' || weights !== undefined)) throw new UsageError(`--fine-tune trains AlexNet, whose weights come with npm, not ${features === 'alexnet' ? 'a file of weights' : features}.`, 'Leave --features and --weights out.');
}

interface Trained {
  readonly card: ClassifierCard;
  readonly files: ClassifierFiles;
}

async function onFrozenFeatures(images: ReadonlyMap<string, ModeImages>, options: ClassifyOptions, stderr: OutputStream, signal: AbortSignal): Promise<Trained> {
  const { trainModeClassifier } = await import('@munit/metrics');
  const { openExtractor } = await import('../evaluation/instruments.js');
  const { features, weights: path } = options;
  const extractor = await openExtractor(features, { path, bytes: path === undefined ? undefined : new Uint8Array(await readFile(path)) });
  try {
    const modes = new Map<string, FeatureSet>();
    for (const [name, list] of images) modes.set(name, await featuresOf(extractor, list, name, signal, stderr));
    const { classifier, files } = await trainModeClassifier(modes, { network: extractor.network, heldOut: options.heldOut, seed: options.seed });
    return { card: classifier.card, files };
  } finally {
    extractor.dispose();
  }
}

const phases: Readonly<Record<FineTuningPhase, string>> = { features: 'Features of images', training: 'Fine-tuning, step', judging: 'Judged' };

/** Continues what the same command began in the folder. */
async function fineTuned(images: ReadonlyMap<string, ModeImages>, { fineTune, epochs, heldOut, seed, out, overwrite }: ClassifyOptions, stderr: OutputStream, signal: AbortSignal): Promise<Trained> {
  const { fineTuneModeClassifier } = await import('@munit/metrics');
  const { writeFileAtomically } = await import('@munit/formats/node');
  const path = join(out, stateFile);
  if (overwrite === true) await rm(path, { force: true });
  const state = existsSync(path) ? new Uint8Array(await readFile(path)) : undefined;
  const counters = new Map<FineTuningPhase, Counter>();
  const onProgress = (phase: FineTuningPhase, done: number, total: number, loss?: number): void => {
    const shown = counters.get(phase) ?? counter(stderr, phases[phase]);
    counters.set(phase, shown);
    shown.show(done, total, loss === undefined ? '' : `, cross-entropy ${loss.toFixed(3)}`);
  };
  const onState = async (bytes: Uint8Array): Promise<void> => {
    await mkdir(out, { recursive: true });
    await writeFileAtomically(path, bytes);
  };
  try {
    const { classifier, files } = await fineTuneModeClassifier(images, { blocks: fineTune === true ? undefined : fineTune, epochs, heldOut, seed, signal, state, onState, onProgress });
    return { card: classifier.card, files };
  } finally {
    [...counters.values()].at(-1)?.clear();
  }
}

function report(card: ClassifierCard, { out, json }: ClassifyOptions, stdout: OutputStream): void {
  if (json === true) {
    stdout.write(`${visibleJson({ ...card, folder: out })}\n`);
    return;
  }
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { fineTuning } = card;
  const tuned = fineTuning === undefined ? '' : ` fine-tuned from the last ${fineTuning.blocks === 1 ? 'block' : `${fineTuning.blocks} blocks`} on`;
  const held = card.images.heldOut.reduce((sum, count) => sum + count, 0);
  stdout.write(`${out}: ${card.modes.length} modes by features of ${card.network}${tuned}; ${percent(card.accuracy)} of ${held} held-out images right (${percent(card.interval.low)} to ${percent(card.interval.high)})\n`);
  if (fineTuning !== undefined) stdout.write(`On frozen features: ${percent(fineTuning.before.accuracy)} of the same images (${percent(fineTuning.before.interval.low)} to ${percent(fineTuning.before.interval.high)})\n`);
  stdout.write(`Held-out images by mode (rows) and what they are taken for (columns):\n${formatConfusion({ ...card, modes: card.modes.map(visible) })}\n`);
  for (const warning of card.warnings) stdout.write(`! ${visible(warning)}\n`);
}

const examples = `
The folder holds a folder of images for each mode, named by it: breeds/siamese, breeds/tabby, …
The classifier is a logistic regression on features of a network that is not trained further, unless --fine-tune trains its last
blocks too. Interrupted, the same command continues a fine-tuning.

Examples:
  munit classify train breeds/ --out classifier
  munit classify train breeds/ --out classifier --fine-tune           AlexNet's last two convolutions
  munit classify train breeds/ --out classifier --fine-tune 5         all of AlexNet
  munit evaluate runs/cats2dogs --protocol modes --classifier classifier`;

export function addClassify(program: Command, context: CommandContext): void {
  const classify = program.command('classify').description('make a classifier of modes, for IS and CIS');
  const command = classify.command('train').argument('<folder>', '', pathOf).description('train a classifier on folders of images named by mode');
  addDeviceOptions(command)
    .option('--out <folder>', 'folder of the classifier', pathOf, 'classifier')
    .option('--features <network>', 'whose features it reads; evaluate with the same', 'alexnet')
    .option('--weights <file>', "the network's weights, where they do not come with npm", pathOf)
    .addOption(new Option('--size <px>', 'side that images are brought to and cropped to (as they are)').argParser(wholeNumber(8, 8192)))
    .addOption(new Option('--held-out <share>', 'share of each mode that only judges, above 0 and below 1').argParser(numberFrom(0, 1)).default(0.2))
    .addOption(new Option('--seed <n>', 'of the split').argParser(wholeNumber(0, 2 ** 32 - 1)).default(0))
    .addOption(new Option('--fine-tune [blocks]', "train AlexNet's last blocks too: 1 to 5, 2 without a number").argParser(wholeNumber(1, 5)))
    .addOption(new Option('--epochs <n>', 'with --fine-tune: how often each image is seen (10)').argParser(wholeNumber(1)))
    .option('--overwrite', 'replace a classifier that is there')
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action((folder: string, options: ClassifyOptions) => withInterrupt(context.io, (signal) => train(folder, options, context, signal)));
}
