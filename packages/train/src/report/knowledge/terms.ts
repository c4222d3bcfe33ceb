/** What the loss terms mean, for people who read their curves. */

export interface TermFamily {
  /** The term without its domain: the curves of A and B share a chart. */
  readonly key: string;
  readonly title: string;
  readonly meaning: string;
}

/** `[pattern of the name without prefix and domain, title, meaning]`, in the order of the report. */
const known: readonly (readonly [RegExp, string, string])[] = [
  [/^gen_total$/, 'Generators, total', 'The weighted sum that the generators minimise. Its level says little: look at the images and the terms.'],
  [/^dis(_adv)?$/, 'Discriminators', 'How well the discriminators separate real from generated images. Near 0 for long means that they win too easily.'],
  [/^dis_total$/, 'Discriminators, total', 'The weighted sum that the discriminators minimise.'],
  [/^gen_adv$/, 'Adversarial', 'How far the discriminators see through the translations. It wavers; a steady climb means that the generators fall behind.'],
  [/^gen_recon_x$/, 'Image reconstruction', 'Mean error of an image rebuilt from its own content and style. It should fall steadily.'],
  [/^gen_recon_s$/, 'Style reconstruction', 'Whether the random style can be read back from the translation. Near 0.8 (guessing) styles are ignored: no diversity.'],
  [/^gen_recon_c$/, 'Content reconstruction', 'Whether the content can be read back from the translation.'],
  [/^gen_cyc(recon)?(_x)?$/, 'Cycle', 'Error of an image translated there and back with its own style.'],
  [/^gen_recon_kl$/, 'Prior on the codes', 'Keeps the codes near N(0, I) (UNIT).'],
  [/^gen_(recon_)?kl_?cyc(recon)?$/, 'Prior on the codes of translations', 'The same for the codes of translated images (UNIT).'],
  [/^gen_vgg$/, 'Perceptual', 'Distance of deep features: keeps what is shown while its look changes.'],
  [/(^|_)r1(_|$)/, 'R1 penalty', 'Keeps the discriminators smooth near real images.'],
];

const domains: Readonly<Record<string, string>> = { a: 'A', b: 'B', aba: 'A', bab: 'B', ab: 'A to B', ba: 'B to A' };

/** Splits a term's name into what it measures and where: `loss_gen_adv_a` → `gen_adv`, `A`; '' when it has no domain. */
export function splitTerm(name: string): { readonly key: string; readonly domain: string } {
  const plain = name.replace(/^loss_/, '').replaceAll('/', '_');
  const match = /^(.*)[_.](a|b|aba|bab|ab|ba)$/.exec(plain);
  return match === null ? { key: plain, domain: '' } : { key: match[1]!, domain: domains[match[2]!]! };
}

/** Title and meaning of a family of terms; an unknown one is its own title. */
export function describeTerm(key: string): TermFamily & { readonly order: number } {
  const order = known.findIndex(([pattern]) => pattern.test(key));
  const entry = known[order];
  return entry === undefined
    ? { key, title: key, meaning: '', order: known.length }
    : { key, title: entry[1], meaning: entry[2], order };
}
