/** The work of `munit evaluate`: translations, figures, a JSON file and a page; what is there already is kept. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Device, openDevice } from '@munit/core';
import { visible, visibleJson } from '@munit/core/text';
import { sha256 } from '@munit/formats';
import { writeFileAtomically } from '@munit/formats/node';
import { loadLpipsWeights } from '@munit/lpips-weights';
import { type ExtractorNetwork, type FeatureExtractor, loadClassifierExtractor, loadFeatureExtractor, loadLpips, loadModeClassifier, type Lpips, type ModeClassifier } from '@munit/metrics';
import { deviceNameOf } from '../deviceOptions.js';
import { type Counter, counter } from '../counter.js';
import { UsageError } from '../errors.js';
import type { CliIo } from '../io.js';
import { listFeatures, translationFeatures } from './features.js';
import { renderPage } from './page/page.js';
import type { EvaluateRequest } from './request.js';
import type { EvaluationDirection, ImageFeatures } from './sections/context.js';
import { diversitySection } from './sections/diversity.js';
import { modesSection } from './sections/modes.js';
import { qualitySection } from './sections/quality.js';
import { reconstructionSection } from './sections/reconstruction.js';
import { syntheticSection } from './sections/synthetic.js';
import { isRun, openSubject, type Subject } from './subject.js';
import { formatLeftOut, formatSections } from './table.js';
import { groupedTranslations, type Progress, translateInputs, type Translations } from './translations.js';
import { type EvaluationFile, type LeftOut, type ProtocolName, protocolNames, type Section, type WeightsFact } from './types.js';

const version = (): string => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Where the results go. */
const folderOf = ({ out, what }: EvaluateRequest): string => out ?? (what.length === 1 && isRun(what[0] as string) ? join(what[0] as string, 'evaluation') : 'evaluation');

/** Evaluates, writes `evaluation.json` and `evaluation.html`, and prints the figures. */
export async function evaluate(request: EvaluateRequest, io: CliIo, signal: AbortSignal): Promise<void> {
  const folder = folderOf(request);
  const counters = new Map<string, Counter>();
  const onProgress: Progress = (what, done, total) => {
    const shown = counters.get(what) ?? counter(io.stderr, what);
    counters.set(what, shown);
    shown.show(done, total);
  };
  const found = await measure(request, folder, signal, onProgress).finally(() => [...counters.values()].at(-1)?.clear());
  await mkdir(folder, { recursive: true });
  const file = { ...found.file, sections: found.sections.map(({ exhibits: _, ...section }) => section) };
  await writeFileAtomically(join(folder, 'evaluation.json'), new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`));
  await writeFileAtomically(join(folder, 'evaluation.html'), new TextEncoder().encode(renderPage(found.name, file, found.sections)));
  const page = join(folder, 'evaluation.html');
  if (request.json) io.stdout.write(`${visibleJson(found.step === undefined ? { ...file, page } : { ...ofRun(request, found, found.step), evaluation: file, page })}\n`);
  else {
    io.stdout.write(`${visible(found.name)}\n${formatSections(found.sections)}${formatLeftOut(file.leftOut)}`);
    for (const warning of file.warnings) io.stdout.write(`! ${visible(warning)}\n`);
    io.stdout.write(`The pictures behind the figures: ${page}\n`);
  }
}

/** Figures whose truth is known by their names, as programs look for them. */
function ofRun({ what, inputs }: EvaluateRequest, { sections, file }: Found, step: number): Record<string, unknown> {
  const figures = sections.flatMap((section) => section.figures.map(({ name, value }) => [name, value] as const));
  return { run: what[0], step, inputs, styles: file.settings['styles'], ...Object.fromEntries(figures) };
}

interface Found {
  readonly name: string;
  /** Of a run that is measured by the truth of its images alone. */
  readonly step?: number;
  readonly file: Omit<EvaluationFile, 'sections'>;
  readonly sections: readonly Section[];
}

async function measure(request: EvaluateRequest, folder: string, signal: AbortSignal, onProgress: Progress): Promise<Found> {
  const onBenchmarkOnly = request.protocols !== undefined && request.protocols.every((name) => name === 'synthetic');
  if (onBenchmarkOnly) return onlyBenchmark(request, signal, onProgress);
  const device = await openDevice(deviceNameOf(request.device), request.threads === undefined ? {} : { threads: request.threads });
  try {
    const subject = await openSubject(request, device);
    try {
      if (request.protocols === undefined && subject.kind === 'model' && subject.known) return await onlyBenchmark(request, signal, onProgress);
      return await measureSubject({ request, subject, device, folder, signal, onProgress });
    } finally {
      await subject.dispose();
    }
  } finally {
    device.dispose();
  }
}

const settingsOf = ({ seed, inputs, real, features, resamples }: EvaluateRequest, styles: number) => ({ seed, inputs, styles, real, features, resamples });

async function onlyBenchmark(request: EvaluateRequest, signal: AbortSignal, onProgress: Progress): Promise<Found> {
  if (request.what.length !== 1) throw new UsageError('--protocol synthetic is for a run on images whose truth is known, not for folders.', 'Give one run folder.');
  const styles = request.styles ?? 100;
  const { section, step } = await syntheticSection(request, styles, signal, onProgress);
  const run = request.what[0] as string;
  return { name: `${run} at step ${step}`, step, sections: [section], file: { format: 'munit-evaluation', version: 1, versions: { munit: version(), node: process.version }, device: request.device, subject: { run, step }, settings: settingsOf(request, styles), weights: [], leftOut: [], warnings: [] } };
}

interface Work {
  readonly request: EvaluateRequest;
  readonly subject: Subject;
  readonly device: Device;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

async function measureSubject(work: Work): Promise<Found> {
  const { request, subject, device, folder, signal, onProgress } = work;
  const styles = request.styles ?? (subject.kind === 'model' ? 20 : 1);
  const weightsFile = request.weights === undefined ? undefined : new Uint8Array(await readWeights(request.weights));
  const classifiers = { b: await openClassifier(request.classifier), a: await openClassifier(request.classifierA) };
  const weights = await weightsFacts(request, weightsFile, [classifiers.b, classifiers.a]);
  const settings = { ...settingsOf(request, styles), ...(request.size === undefined ? {} : { size: request.size }) };
  const state = JSON.stringify({ label: subject.label, ...settings, weights, what: request.what.map((path) => resolve(path)), a: request.a ?? null, b: request.b ?? null });
  const { wanted, leftOut } = wantedProtocols(request, subject, classifiers, styles);
  await prepareFolder(folder, state, request.resume);
  const held: { dispose(): void }[] = [];
  try {
    const extractor: FeatureExtractor = await loadFeatureExtractor({ network: request.features as ExtractorNetwork, weights: weightsFile });
    held.push(extractor);
    let versions: Promise<Lpips[]> | undefined;
    const lpips = (): Promise<Lpips[]> =>
      (versions ??= Promise.all([loadLpips(), loadLpips({ version: '0.0' })]).then((loaded) => {
        held.push(...loaded);
        return loaded;
      }));
    const classifierExtractors = new Map<ModeClassifier, Promise<FeatureExtractor>>();
    const extractorFor = (classifier: ModeClassifier): Promise<FeatureExtractor> => {
      if (classifier.tuned === undefined && classifier.card.network === extractor.network) return Promise.resolve(extractor);
      const opened = classifierExtractors.get(classifier) ?? openClassifierExtractor(classifier).then((own) => (held.push(own), own));
      classifierExtractors.set(classifier, opened);
      return opened;
    };
    const sections: Section[] = [];
    for (const to of subject.kind === 'model' ? subject.directions : [undefined]) {
      const translations = await translationsOf(work, to, styles);
      try {
        const real = subject.kind === 'folders' ? subject.real : to === undefined ? undefined : subject.real[to];
        const classifier = to === 'a' ? classifiers.a : classifiers.b;
        const suffix = to === undefined ? '' : `-${to}`;
        const featuresBy = (open: () => Promise<{ readonly extractor: FeatureExtractor; readonly label: string }>): ImageFeatures => ({
          translations: async () => translationFeatures({ ...(await open()), folder, signal, onProgress }, `translations${suffix}`, translations),
          real: async () => listFeatures({ ...(await open()), folder, signal, onProgress }, `real${suffix}`, real as NonNullable<typeof real>),
        });
        const direction: EvaluationDirection = {
          to, translations, real, network: extractor.network, lpips, request, signal, onProgress,
          classifier,
          model: subject.kind === 'model' ? subject : undefined,
          features: featuresBy(() => Promise.resolve({ extractor, label: extractor.network })),
          modeFeatures: featuresBy(async () => ({ extractor: await extractorFor(classifier as ModeClassifier), label: featuresLabel(classifier as ModeClassifier) })),
        };
        for (const protocol of wanted) {
          const make = makers[protocol];
          if (make === undefined) continue;
          const why = await obstacle(protocol, direction);
          if (why !== undefined && request.protocols?.includes(protocol) === true && protocol === 'diversity') throw new UsageError('--protocol diversity cannot be measured here.', why);
          if (why === undefined) sections.push(await keptSection(folder, `${protocol}${suffix}`, () => make(direction)));
          else leftOut.push({ protocol, to, why });
        }
      } finally {
        await translations.dispose();
      }
    }
    if (wanted.includes('synthetic')) sections.push((await syntheticSection(request, Math.max(100, styles), signal, onProgress)).section);
    const warnings = subject.kind === 'model' && subject.facts['heldOutInputs'] === false ? ['The run has no test images: its training images were translated, and figures are better than they would be on others.'] : [];
    return {
      name: subject.name,
      sections,
      file: { format: 'munit-evaluation', version: 1, versions: { munit: version(), node: process.version }, device: device.name, subject: subject.facts, settings, weights, leftOut, warnings },
    };
  } finally {
    for (const one of held) one.dispose();
  }
}

const makers: Readonly<Partial<Record<ProtocolName, (direction: EvaluationDirection) => Promise<Section>>>> = { diversity: diversitySection, quality: qualitySection, modes: modesSection, reconstruction: reconstructionSection };

/** What LPIPS needs of AlexNet's input: below, a pooling has nothing left. */
const smallestSide = 31;

/** Why a protocol that can be measured cannot be in this direction; undefined where it can. */
async function obstacle(protocol: ProtocolName, { to, real, classifier, translations }: EvaluationDirection): Promise<string | undefined> {
  const domain = to === 'a' ? 'A' : 'B';
  if (protocol === 'diversity') {
    const [first] = await translations.load(0);
    const side = first === undefined ? 0 : Math.min(first.width, first.height);
    if (side < smallestSide) return `LPIPS with AlexNet needs images of at least ${smallestSide}×${smallestSide}, and these are ${first?.width}×${first?.height}: give --size.`;
  }
  if (protocol === 'quality' && real === undefined) return `There are no real images of ${domain}: give --${domain.toLowerCase()}.`;
  return protocol === 'modes' && classifier === undefined ? `There is no classifier of the modes of ${domain}: give --classifier${to === 'a' ? '-a' : ''}.` : undefined;
}

/**
 * What is measured, and what is not and why.
 * @throws UsageError for a protocol that was named and cannot be measured
 */
function wantedProtocols({ protocols }: EvaluateRequest, subject: Subject, classifiers: { readonly a: ModeClassifier | undefined; readonly b: ModeClassifier | undefined }, styles: number): { readonly wanted: readonly ProtocolName[]; readonly leftOut: LeftOut[] } {
  const single = subject.kind === 'model' && subject.translator.styleDim === 0;
  const missing: Readonly<Record<ProtocolName, string | undefined>> = {
    diversity: styles > 1 || single ? undefined : 'diversity needs several translations of each input: give --styles (of folders: how many files in a row are of one input).',
    quality: subject.kind === 'folders' || subject.directions.some((to) => subject.real[to] !== undefined) ? undefined : 'quality needs real images of the target domain: give --a and --b.',
    modes: classifiers.a !== undefined || classifiers.b !== undefined ? undefined : 'modes needs a classifier of them: make one with `munit classify train` and give --classifier.',
    reconstruction: subject.kind === 'model' && subject.reconstructs ? undefined : 'reconstruction needs a model with contents: MUNIT or UNIT.',
    synthetic: subject.kind === 'model' && subject.known ? undefined : 'synthetic needs a run on the synthetic benchmark or on animals.',
  };
  const all = protocols === undefined || protocols.includes('all');
  const named = protocolNames.filter((name) => protocols?.includes(name) === true);
  for (const name of named) if (missing[name] !== undefined) throw new UsageError(`--protocol ${name} cannot be measured here.`, `The protocol ${missing[name]}`);
  const wanted = all ? protocolNames.filter((name) => missing[name] === undefined) : named;
  if (wanted.length === 0) throw new UsageError('There is nothing to measure.', 'Give real images, several translations of each input, or a classifier.');
  return { wanted, leftOut: all ? protocolNames.flatMap((protocol) => (missing[protocol] === undefined ? [] : [{ protocol, to: undefined, why: `The protocol ${missing[protocol]}` }])) : [] };
}

/** Features of a fine-tuned network are its own. */
const featuresLabel = ({ card: { network, weights, fineTuning } }: ModeClassifier): string => (fineTuning === undefined ? network : `${network}-${weights.slice(0, 12)}`);

/** @throws UsageError for a frozen network whose weights are not at hand */
async function openClassifierExtractor(classifier: ModeClassifier): Promise<FeatureExtractor> {
  const { network } = classifier.card;
  if (classifier.tuned === undefined && network !== 'alexnet') throw new UsageError(`The classifier reads features of ${network}.`, `Give --features ${network} and its --weights.`);
  return loadClassifierExtractor(classifier);
}

function translationsOf({ subject, request, folder, signal, onProgress }: Work, to: 'a' | 'b' | undefined, styles: number): Promise<Translations> {
  if (subject.kind === 'model' && to !== undefined) return translateInputs(subject, { folder, to, styles, seed: request.seed, signal, onProgress });
  const list = (subject as Extract<Subject, { kind: 'folders' }>).translations;
  if (list.names.length % styles !== 0) throw new UsageError(`${list.names.length} translations are not ${styles} of each input.`, 'Give the number of translations of each input as --styles.');
  return Promise.resolve(groupedTranslations(list, styles));
}

/** @throws UsageError when the folder holds an evaluation with other settings */
async function prepareFolder(folder: string, state: string, resume: boolean): Promise<void> {
  const path = join(folder, 'settings.json');
  if (!resume) for (const part of ['translations', 'features', 'sections']) await rm(join(folder, part), { recursive: true, force: true });
  const earlier = resume ? await readFile(path, 'utf8').catch(() => undefined) : undefined;
  if (earlier !== undefined && earlier.trim() !== state) throw new UsageError(`${folder} holds an evaluation of another model, or with other settings.`, 'Give another --out, the same settings, or --no-resume to measure all of it again.');
  for (const part of ['features', 'sections']) await mkdir(join(folder, part), { recursive: true });
  await writeFileAtomically(path, new TextEncoder().encode(`${state}\n`));
}

/** A section that is there already, or a new one. */
async function keptSection(folder: string, name: string, make: () => Promise<Section>): Promise<Section> {
  const path = join(folder, 'sections', `${name}.json`);
  const stored = await readFile(path, 'utf8').catch(() => undefined);
  if (stored !== undefined) return { notes: [], ...(JSON.parse(stored) as Omit<Section, 'notes'>) };
  const section = await make();
  await writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(section)));
  return section;
}

async function readWeights(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, 'Check the path; `munit weights` says where to get weights.');
  });
}

async function openClassifier(folder: string | undefined): Promise<ModeClassifier | undefined> {
  if (folder === undefined) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const name of ['classifier.json', 'classifier.safetensors']) {
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return loadModeClassifier(files);
}

async function weightsFacts({ weights }: EvaluateRequest, file: Uint8Array | undefined, classifiers: readonly (ModeClassifier | undefined)[]): Promise<WeightsFact[]> {
  const fact = async (name: string, bytes: Uint8Array): Promise<WeightsFact> => ({ name, sha256: await sha256(Uint8Array.from(bytes)) });
  return [
    await fact('@munit/lpips-weights', await loadLpipsWeights()),
    ...(file === undefined ? [] : [await fact(weights as string, file)]),
    ...classifiers.flatMap((classifier) => (classifier === undefined ? [] : [{ name: 'mode classifier', sha256: classifier.card.weights }])),
  ];
}
