/** What an evaluation measures with: networks and classifiers, opened when they are needed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointMismatchError, MunitError } from '@munit/core';
import { sha256 } from '@munit/formats';
import { loadLpipsWeights } from '@munit/lpips-weights';
import { type ExtractorNetwork, type FeatureExtractor, loadClassifierExtractor, loadFeatureExtractor, loadLpips, loadModeClassifier, type Lpips, type ModeClassifier } from '@munit/metrics';
import { UsageError } from '../errors.js';
import type { EvaluateRequest } from './request.js';
import type { WeightsFact } from './types.js';

/** Classifiers of the modes of each domain. */
export interface Classifiers {
  readonly a: ModeClassifier | undefined;
  readonly b: ModeClassifier | undefined;
}

/** Networks, each loaded once. */
export interface Instruments {
  /** Of the features that distances compare. */
  readonly extractor: FeatureExtractor;
  /** Both versions of LPIPS. */
  lpips(): Promise<Lpips[]>;
  /** Of the features that a classifier reads, and what these are called. */
  extractorFor(classifier: ModeClassifier): Promise<{ readonly extractor: FeatureExtractor; readonly label: string }>;
  dispose(): void;
}

export async function openInstruments(request: EvaluateRequest, weights: Uint8Array | undefined): Promise<Instruments> {
  const extractor = await openExtractor(request.features, { path: request.weights, bytes: weights });
  const held: { dispose(): void }[] = [extractor];
  let versions: Promise<Lpips[]> | undefined;
  const classifierExtractors = new Map<ModeClassifier, Promise<FeatureExtractor>>();
  return {
    extractor,
    lpips: () =>
      (versions ??= Promise.all([loadLpips(), loadLpips({ version: '0.0' })]).then((loaded) => {
        held.push(...loaded);
        return loaded;
      })),
    extractorFor: async (classifier) => {
      const label = featuresLabel(classifier);
      if (classifier.tuned === undefined && classifier.card.network === extractor.network) return { extractor, label };
      const opened = classifierExtractors.get(classifier) ?? openClassifierExtractor(classifier).then((own) => (held.push(own), own));
      classifierExtractors.set(classifier, opened);
      return { extractor: await opened, label };
    },
    dispose: () => {
      for (const one of held) one.dispose();
    },
  };
}

/** The network that features are taken by. @throws as `loadFeatureExtractor`; an error about the weights names their file, or the option that does */
export async function openExtractor(network: string, { path, bytes }: { readonly path: string | undefined; readonly bytes: Uint8Array | undefined }): Promise<FeatureExtractor> {
  try {
    return await loadFeatureExtractor({ network: network as ExtractorNetwork, weights: bytes });
  } catch (error) {
    if (!(error instanceof MunitError)) throw error;
    // A network that needs a file, by the option that names it; one that does not exist has no remedy.
    if (bytes === undefined && error.remedy !== undefined) throw new UsageError(error.problem, 'Give the file as --weights; `munit weights` says where it is.');
    if (bytes === undefined || error.code === 'ARGUMENT') throw error;
    throw new CheckpointMismatchError(`${path} cannot be used: ${error.problem}`, { cause: error, remedy: error.remedy });
  }
}

/** Features of a fine-tuned network are its own. */
const featuresLabel = ({ card: { network, weights, fineTuning } }: ModeClassifier): string => (fineTuning === undefined ? network : `${network}-${weights.slice(0, 12)}`);

/** @throws UsageError for a frozen network whose weights are not at hand */
async function openClassifierExtractor(classifier: ModeClassifier): Promise<FeatureExtractor> {
  const { network } = classifier.card;
  if (classifier.tuned === undefined && network !== 'alexnet') throw new UsageError(`The classifier reads features of ${network}.`, `Give --features ${network} and its --weights.`);
  return loadClassifierExtractor(classifier);
}

/** @throws UsageError for a file that cannot be read */
export async function readWeights({ weights: path }: EvaluateRequest): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Check the path; `munit weights` says where to get weights.');
  });
  return new Uint8Array(bytes);
}

export const openClassifiers = async ({ classifier, classifierA }: EvaluateRequest): Promise<Classifiers> => ({ b: await openClassifier(classifier), a: await openClassifier(classifierA) });

async function openClassifier(folder: string | undefined): Promise<ModeClassifier | undefined> {
  if (folder === undefined) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const name of ['classifier.json', 'classifier.safetensors']) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return loadModeClassifier(files);
}

/** Files of weights that figures depend on. */
export async function weightsFacts({ weights }: EvaluateRequest, file: Uint8Array | undefined, { a, b }: Classifiers): Promise<WeightsFact[]> {
  const fact = async (name: string, bytes: Uint8Array): Promise<WeightsFact> => ({ name, sha256: await sha256(Uint8Array.from(bytes)) });
  return [
    await fact('@munit/lpips-weights', await loadLpipsWeights()),
    ...(file === undefined ? [] : [await fact(weights as string, file)]),
    ...[b, a].flatMap((classifier) => (classifier === undefined ? [] : [{ name: 'mode classifier', sha256: classifier.card.weights }])),
  ];
}
