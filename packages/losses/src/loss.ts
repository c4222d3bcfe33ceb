/** What a loss is made of: terms as records, and their weighted sum. Published names are given to them at the edges only. */
import { ArgumentError, type Domain, type Scalar, shownValue, weightedSum } from '@munit/core';

/**
 * What a term measures.
 *
 * - `adversarial`: whether the discriminators tell translations from real images
 * - `image`: an image decoded from its own codes
 * - `content`, `style`: a code found again in the translation that was made with it
 * - `cycle`: an image translated there and back
 * - `kl`, `cycleKl`: how far the codes of images, and of translations, are from N(0, I)
 * - `perceptual`: deep features of a translation against those of its source
 * - `identity`: an image of the domain that a translator makes, which it is to leave as it is
 * - `paired`: a translation against the true one, of paired data
 * - `modeSeeking`: how little two translations of an image in different styles differ
 * - `stylePrior`: how far encoded styles, taken together, are from drawn ones
 * - `gradientPenalty`: how steep a discriminator is at real images (R1)
 * - `consistency`: how much a discriminator's mean score changes when its image is moved a little or mirrored
 * - `adversarialRandom`: `adversarial` for translations in random styles, where these have discriminators of their own
 */
export type TermKind =
  | 'adversarial'
  | 'image'
  | 'content'
  | 'style'
  | 'cycle'
  | 'kl'
  | 'cycleKl'
  | 'perceptual'
  | 'identity'
  | 'paired'
  | 'modeSeeking'
  | 'stylePrior'
  | 'gradientPenalty'
  | 'consistency'
  | 'adversarialRandom';

/** Which networks minimise a term. */
export type Side = 'generator' | 'discriminator';

/** What a term is, whatever its value: enough to name it, to chart it and to compare it. */
export interface TermId {
  /** Who minimises it. */
  readonly side: Side;
  /** `total`: the weighted sum of the side's terms. */
  readonly kind: TermKind | 'total';
  /** Whose images, codes or discriminator; undefined for a sum over both domains. */
  readonly domain: Domain | undefined;
}

/** One term of a loss; `T` is a scalar of the device, or the number once it has been read back. */
export interface LossTerm<T = Scalar> extends TermId {
  /** Its factor in the sum that is trained; 0 for a term that is only shown. */
  readonly weight: number;
  /** Before weighting. */
  readonly value: T;
}

/** A loss and the terms that it is the weighted sum of. */
export interface Loss {
  /** Who minimises it. */
  readonly side: Side;
  /** Σ weight · value. */
  readonly total: Scalar;
  /** A term whose weight is 0 and that costs a network's pass is absent. */
  readonly terms: readonly LossTerm[];
}

/** What a published name stands for. */
export interface NamedTerm extends TermId {
  /** Whether the published trainer reports the term with its weight: weight · value. Default false: its value. */
  readonly weighted?: true;
}

/** A method's published names (`loss_gen_recon_x_a`) of all terms that it may have. */
export type TermNames = Readonly<Record<string, NamedTerm>>;

/** The published name of a term. @throws ArgumentError when the method has no such term */
export function termName(names: TermNames, { side, kind, domain }: TermId): string {
  const found = Object.entries(names).find(([, id]) => id.side === side && id.kind === kind && id.domain === domain);
  if (found !== undefined) return found[0];
  throw new ArgumentError(`The term '${kind}' of the ${side}${domain === undefined ? '' : ` of domain ${domain}`} has no published name.`, {
    remedy: "Add it to the method's term names.",
  });
}

/**
 * The loss of `side` as the weighted sum of its terms. Terms of weight 0 are shown but not summed, so that no gradient runs through them.
 * @throws ArgumentError when all weights are 0
 */
export function weightedLoss(side: Side, terms: readonly LossTerm[]): Loss {
  const summed = terms.filter(({ weight }) => weight !== 0);
  if (summed.length === 0) throw new ArgumentError('All weights of the loss are 0, so there is nothing to train by.', { remedy: 'Set one of them.' });
  return { side, total: weightedSum(summed.map(({ value }) => value), summed.map(({ weight }) => weight)), terms };
}

/** @throws ArgumentError unless every weight is a finite number of at least 0 */
export function checkWeights<W extends object>(weights: W, names: readonly (keyof W & string)[]): void {
  for (const name of names) {
    const value: unknown = weights[name];
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) {
      throw new ArgumentError(`The weight '${name}' must be a number of at least 0, but it is ${shownValue(value)}.`, { remedy: 'Set it; 0 leaves the term out.' });
    }
  }
}

/** What a term of a positive weight needs. @throws ArgumentError when it is absent */
export function required<T>(value: T | undefined, what: string, weightName: string, weight: number): T {
  if (value !== undefined) return value;
  throw new ArgumentError(`The weight '${weightName}' is ${weight}, so ${what} are required.`, { remedy: `Compute them, or set ${weightName} to 0.` });
}
