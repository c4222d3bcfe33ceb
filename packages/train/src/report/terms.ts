/** What the loss terms mean, for people who read their curves. */
import type { Side, TermId, TermKind } from '@munit/losses';
import { methods } from '../methods/methods.js';

/** A term in all domains: the curves of A and B share a chart. */
export interface TermFamily {
  readonly key: string;
  readonly title: string;
  readonly meaning: string;
  /** Place in the report. */
  readonly order: number;
}

interface TermWords {
  readonly side: Side;
  readonly kind: TermKind | 'total';
  readonly title: string;
  readonly meaning: string;
}

/** In the order of the report. */
const words: readonly TermWords[] = [
  { side: 'generator', kind: 'total', title: 'Generators, total', meaning: 'The weighted sum that the generators minimise. Its level says little: look at the images and the terms.' },
  { side: 'discriminator', kind: 'adversarial', title: 'Discriminators', meaning: 'How well the discriminators separate real from generated images. Near 0 for long means that they win too easily.' },
  { side: 'discriminator', kind: 'adversarialRandom', title: 'Discriminator of random styles', meaning: 'The same for translations in random styles, where these have a discriminator of their own (BicycleGAN).' },
  { side: 'discriminator', kind: 'gradientPenalty', title: 'R1', meaning: 'How steep the discriminators are at real images. 0 in updates without it: see `r1_every`.' },
  { side: 'discriminator', kind: 'consistency', title: 'Consistency', meaning: 'How much the discriminators change their minds about a real image that is moved a little or mirrored.' },
  { side: 'discriminator', kind: 'total', title: 'Discriminators, total', meaning: 'The weighted sum that the discriminators minimise.' },
  { side: 'generator', kind: 'adversarial', title: 'Adversarial', meaning: 'How far the discriminators see through the translations. It wavers; a steady climb means that the generators fall behind.' },
  { side: 'generator', kind: 'adversarialRandom', title: 'Adversarial, random styles', meaning: 'The same for translations in random styles (BicycleGAN).' },
  { side: 'generator', kind: 'paired', title: 'Error against the pair', meaning: 'Mean error of a translation in the encoded style against the true partner of its input (BicycleGAN). It should fall steadily.' },
  { side: 'generator', kind: 'image', title: 'Image reconstruction', meaning: 'Mean error of an image rebuilt from its own content and style. It should fall steadily.' },
  { side: 'generator', kind: 'style', title: 'Style reconstruction', meaning: 'Whether the random style can be read back from the translation. Near 0.8 (guessing) styles are ignored: no diversity.' },
  { side: 'generator', kind: 'content', title: 'Content reconstruction', meaning: 'Whether the content can be read back from the translation.' },
  { side: 'generator', kind: 'cycle', title: 'Cycle', meaning: 'Error of an image translated there and back with its own style.' },
  { side: 'generator', kind: 'identity', title: 'Identity', meaning: 'How much a generator changes images of the domain that it makes, which it should leave as they are (CycleGAN).' },
  { side: 'generator', kind: 'modeSeeking', title: 'Mode seeking', meaning: 'The distance of two styles over that of the translations in them: it falls as styles come to matter.' },
  { side: 'generator', kind: 'kl', title: 'Prior on the codes', meaning: 'Keeps the codes near N(0, I) (UNIT, BicycleGAN; the styles of MUNIT).' },
  { side: 'generator', kind: 'stylePrior', title: 'Prior on the styles, together', meaning: 'How far the encoded styles of a batch are from drawn ones, as two sets. Near 0 the two are alike.' },
  { side: 'generator', kind: 'cycleKl', title: 'Prior on the codes of translations', meaning: 'The same for the codes of translated images (UNIT).' },
  { side: 'generator', kind: 'perceptual', title: 'Perceptual', meaning: 'Distance of deep features: keeps what is shown while its look changes.' },
];

/** Family and domain (`A`, `B`, or '' for a sum) of a term by its published name, of whichever method; an unknown one is its own title. */
export function describeTerm(name: string): TermFamily & { readonly domain: 'A' | 'B' | '' } {
  const id = idOf(name);
  const order = words.findIndex(({ side, kind }) => side === id?.side && kind === id.kind);
  const known = words[order];
  if (id === undefined || known === undefined) return { key: name, title: name, meaning: '', order: words.length, domain: '' };
  const { side, kind, title, meaning } = known;
  return { key: `${side}-${kind}`, title, meaning, order, domain: id.domain === undefined ? '' : id.domain === 'a' ? 'A' : 'B' };
}

function idOf(name: string): TermId | undefined {
  for (const { termNames } of Object.values(methods)) if (Object.hasOwn(termNames, name)) return termNames[name];
  return undefined;
}
