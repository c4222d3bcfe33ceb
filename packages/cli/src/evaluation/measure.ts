/** Measuring a model, or a folder of translations: all of it, or what of it is a shard's. */
import { resolve } from 'node:path';
import type { Device, Domain } from '@munit/core';
import { UsageError } from '../errors.js';
import type { RunWork } from './benchmark.js';
import { listFeatures, translationFeatures } from './features.js';
import { keptSection, prepareFolder } from './folder.js';
import { type Instruments, openClassifiers, openInstruments, readWeights, weightsFacts } from './instruments.js';
import { obstacle, wantedProtocols } from './protocols.js';
import { settingsOf } from './request.js';
import type { EvaluationDirection, ImageFeatures, ProtocolWork } from './sections/context.js';
import { diversity } from './sections/diversity.js';
import { modes } from './sections/modes.js';
import { quality } from './sections/quality.js';
import { reconstruction } from './sections/reconstruction.js';
import { judgeOutputs, keptJudgements, syntheticSection } from './sections/synthetic.js';
import { placesOf } from './shards.js';
import type { Subject } from './subject.js';
import { groupedTranslations, translateInputs, type Translations } from './translations.js';
import type { Measured, ProtocolName, Section } from './types.js';

interface Work extends RunWork {
  readonly subject: Subject;
  readonly device: Device;
}

const protocols: Readonly<Partial<Record<ProtocolName, ProtocolWork>>> = { diversity, quality, modes, reconstruction };

/** Measures all that is wanted, or of a shard what its items need: then there are no sections. */
export async function measureSubject(work: Work): Promise<Measured> {
  const { request, subject, device, folder } = work;
  const styles = request.styles ?? (subject.kind === 'model' ? 20 : 1);
  const weightsFile = await readWeights(request);
  const classifiers = await openClassifiers(request);
  const weights = await weightsFacts(request, weightsFile, classifiers);
  const settings = { ...settingsOf(request, styles), ...(request.size === undefined ? {} : { size: request.size }) };
  const state = JSON.stringify({ label: subject.label, ...settings, weights, what: request.what.map((path) => resolve(path)), a: request.a ?? null, b: request.b ?? null });
  const { wanted, leftOut } = wantedProtocols(request, subject, classifiers, styles);
  await prepareFolder(folder, state, request);
  const instruments = await openInstruments(request, weightsFile);
  try {
    const sections: Section[] = [];
    const names: string[] = [];
    for (const to of subject.kind === 'model' ? subject.directions : [undefined]) {
      const translations = await translationsOf(work, to, styles);
      try {
        const direction = directionOf(work, { to, translations, instruments, classifier: to === 'a' ? classifiers.a : classifiers.b });
        names.push(...translations.names, ...(direction.real?.names ?? []));
        for (const protocol of wanted) {
          const made = protocols[protocol];
          if (made === undefined) continue;
          const why = await obstacle(protocol, direction);
          if (why !== undefined && request.protocols?.includes(protocol) === true && protocol === 'diversity') throw new UsageError('--protocol diversity cannot be measured here.', why);
          if (why !== undefined) leftOut.push({ protocol, to, why });
          else if (request.shard !== undefined) await made.measure(direction);
          else sections.push(await keptSection(folder, `${protocol}${to === undefined ? '' : `-${to}`}`, () => made.section(direction)));
        }
      } finally {
        await translations.dispose();
      }
    }
    if (wanted.includes('synthetic')) sections.push(...(await knownTruth(work, Math.max(100, styles))));
    const warnings = [...subject.warnings, ...(subject.kind === 'model' && subject.facts['heldOutInputs'] === false ? ['The run has no test images: its training images were translated, and figures are better than they would be on others.'] : [])];
    return { name: subject.name, state, names, device: device.name, subject: subject.facts, settings, weights, sections, leftOut, warnings };
  } finally {
    instruments.dispose();
  }
}

/** The section of images whose truth is known; of a shard its part is kept. */
async function knownTruth({ request, folder, judged, signal, onProgress }: Work, styles: number): Promise<Section[]> {
  if (request.shard === undefined) return [syntheticSection(judged ?? [await judgeOutputs(request, styles, signal, onProgress)], styles, request.seed).section];
  await keptJudgements(folder, () => judgeOutputs(request, styles, signal, onProgress));
  return [];
}

interface DirectionParts extends Pick<EvaluationDirection, 'to' | 'translations' | 'classifier'> {
  readonly instruments: Instruments;
}

function directionOf({ request, subject, folder, signal, onProgress }: Work, { to, translations, instruments, classifier }: DirectionParts): EvaluationDirection {
  const { shard } = request;
  const real = subject.kind === 'folders' ? subject.real : to === undefined ? undefined : subject.real[to];
  const suffix = to === undefined ? '' : `-${to}`;
  const context = { folder, signal, onProgress };
  const { extractor } = instruments;
  const featuresBy = (open: () => ReturnType<Instruments['extractorFor']>): ImageFeatures => ({
    translations: async () => translationFeatures({ ...(await open()), ...context }, `translations${suffix}`, translations),
    real: async () => {
      const list = real as NonNullable<typeof real>;
      return listFeatures({ ...(await open()), ...context }, `real${suffix}`, list, placesOf(list.names, shard));
    },
  });
  return {
    ...context, to, translations, real, shard, request, classifier,
    network: extractor.network,
    lpips: instruments.lpips,
    model: subject.kind === 'model' ? subject : undefined,
    features: featuresBy(() => Promise.resolve({ extractor, label: extractor.network })),
    modeFeatures: featuresBy(() => instruments.extractorFor(classifier as NonNullable<typeof classifier>)),
  };
}

function translationsOf({ subject, request, folder, signal, onProgress }: Work, to: Domain | undefined, styles: number): Promise<Translations> {
  const { seed, shard } = request;
  if (subject.kind === 'model' && to !== undefined) return translateInputs(subject, { folder, to, styles, seed, shard, signal, onProgress });
  const list = (subject as Extract<Subject, { kind: 'folders' }>).translations;
  if (list.names.length % styles !== 0) throw new UsageError(`${list.names.length} translations are not ${styles} of each input.`, 'Give the number of translations of each input as --styles.');
  return Promise.resolve(groupedTranslations(list, styles, shard));
}
