/** Which protocols are measured, and why others are not. */
import type { EvaluateRequest } from './request.js';
import type { EvaluationDirection } from './sections/context.js';
import type { Classifiers } from './instruments.js';
import type { Subject } from './subject.js';
import { UsageError } from '../errors.js';
import { type LeftOut, type ProtocolName, protocolNames } from './types.js';

/** What LPIPS needs of AlexNet's input: below, a pooling has nothing left. */
const smallestSide = 31;

/** Why a protocol that can be measured cannot be in this direction; undefined where it can. */
export async function obstacle(protocol: ProtocolName, { to, real, classifier, translations }: EvaluationDirection): Promise<string | undefined> {
  const domain = to === 'a' ? 'A' : 'B';
  const [place] = translations.places;
  if (protocol === 'diversity' && place !== undefined) {
    const [first] = await translations.load(place);
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
export function wantedProtocols({ protocols }: EvaluateRequest, subject: Subject, classifiers: Classifiers, styles: number): { readonly wanted: readonly ProtocolName[]; readonly leftOut: LeftOut[] } {
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
