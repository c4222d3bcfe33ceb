/** `munit classify train`: a classifier of modes, for IS and CIS. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visible, visibleJson } from '@munit/core/text';
import { type Command, Option } from 'commander';
import type { ClassifierCard, ExtractorNetwork, FeatureExtractor, FeatureSet } from '@munit/metrics';
import { counter } from '../counter.js';
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

async function featuresOf(extractor: FeatureExtractor, folder: string, size: number | undefined, signal: AbortSignal, stderr: OutputStream): Promise<FeatureSet> {
  const { DecodePool, fileSource, resolveDomain } = await import('@munit/data/node');
  const { imageList, batchOf } = await import('../evaluation/images.js');
  const { featureSet } = await import('@munit/metrics');
  const pool = new DecodePool({ processes: 1 });
  const { show, clear } = counter(stderr, `Features of ${folder}`);
  try {
    const list = imageList(fileSource(await resolveDomain(folder), { resize: size ?? null, pool }), Infinity, size === undefined ? undefined : { width: size, height: size });
    const data = new Float32Array(list.names.length * extractor.dimension);
    for (const [i, name] of list.names.entries()) {
      signal.throwIfAborted();
      const batch = batchOf([await list.load(i)], [name]);
      data.set((await extractor.features(batch)).data, i * extractor.dimension);
      batch.dispose();
      show(i + 1, list.names.length);
    }
    return featureSet(data, extractor.dimension);
  } finally {
    clear();
    await pool.dispose();
  }
}

/** Rows are the true modes, columns what they are taken for. */
function formatConfusion({ modes, confusion }: ClassifierCard): string {
  const width = Math.max(...modes.map((name) => name.length), 6);
  const row = (label: string, cells: readonly (string | number)[]): string => `  ${label.padEnd(width)} ${cells.map((cell) => String(cell).slice(0, width).padStart(width)).join(' ')}`;
  return [row('', modes), ...confusion.map((counts, i) => row(modes[i] as string, counts))].join('\n');
}

async function train(folder: string, options: ClassifyOptions, { io }: CommandContext, signal: AbortSignal): Promise<void> {
  const names = await modeFolders(folder);
  if (options.overwrite !== true && existsSync(join(options.out, 'classifier.json'))) throw new UsageError(`${options.out} holds a classifier already.`, 'Give another --out, or --overwrite.');
  const { openDevice } = await import('@munit/core');
  const { loadFeatureExtractor, trainModeClassifier } = await import('@munit/metrics');
  const { writeFileAtomically } = await import('@munit/formats/node');
  const { mkdir } = await import('node:fs/promises');
  const weights = options.weights === undefined ? undefined : new Uint8Array(await readFile(options.weights));
  const device = await openDevice(deviceNameOf(options.device), options.threads === undefined ? {} : { threads: options.threads });
  try {
    const extractor = await loadFeatureExtractor({ network: options.features as ExtractorNetwork, weights });
    try {
      const modes = new Map<string, FeatureSet>();
      for (const name of names) modes.set(name, await featuresOf(extractor, join(folder, name), options.size, signal, io.stderr));
      const { classifier, files } = await trainModeClassifier(modes, { network: extractor.network, heldOut: options.heldOut, seed: options.seed });
      await mkdir(options.out, { recursive: true });
      // The card last: a folder without it is not a classifier yet.
      for (const name of ['classifier.safetensors', 'classifier.json']) await writeFileAtomically(join(options.out, name), files.get(name) as Uint8Array);
      report(classifier.card, options, io.stdout);
    } finally {
      extractor.dispose();
    }
  } finally {
    device.dispose();
  }
}

function report(card: ClassifierCard, { out, json }: ClassifyOptions, stdout: OutputStream): void {
  if (json === true) {
    stdout.write(`${visibleJson({ ...card, folder: out })}\n`);
    return;
  }
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const held = card.images.heldOut.reduce((sum, count) => sum + count, 0);
  stdout.write(`${out}: ${card.modes.length} modes by features of ${card.network}; ${percent(card.accuracy)} of ${held} held-out images right (${percent(card.interval.low)} to ${percent(card.interval.high)})\n`);
  stdout.write(`Held-out images by mode (rows) and what they are taken for (columns):\n${formatConfusion({ ...card, modes: card.modes.map(visible) })}\n`);
  for (const warning of card.warnings) stdout.write(`! ${visible(warning)}\n`);
}

const examples = `
The folder holds a folder of images for each mode, named by it: breeds/siamese, breeds/tabby, …
The classifier is a logistic regression on features of a network that is not trained further.

Examples:
  munit classify train breeds/ --out classifier
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
    .option('--overwrite', 'replace a classifier that is there')
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action((folder: string, options: ClassifyOptions) => withInterrupt(context.io, (signal) => train(folder, options, context, signal)));
}
