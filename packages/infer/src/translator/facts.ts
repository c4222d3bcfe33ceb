/** What is known of a model without its networks, so that a translator in another thread knows it too. */
import { type PerDomain, perDomain } from '@munit/core';
import { encodesStyles, hasGenerator, kindOf, styleDimOf } from '@munit/formats';
import type { Generators } from '../networks/estimate.js';
import { generatorsOf } from '../networks/generators.js';
import type { TranslatorInfo } from './types.js';

/** What a model is, and what follows from its architecture. */
export interface ModelFacts extends Omit<TranslatorInfo, 'device'> {
  readonly styleDim: number;
  readonly kind: string;
  /** Whether there is a generator of images of a domain. */
  readonly makes: PerDomain<boolean>;
  /** Whether styles of images of a domain can be encoded. */
  readonly takesExamples: PerDomain<boolean>;
  readonly generators: Generators;
}

/** The facts of a model. @throws ArgumentError when the architecture is not possible */
export function factsOf({ architecture, domains, about, weightBytes }: Omit<TranslatorInfo, 'device'>): ModelFacts {
  return {
    architecture, domains, about, weightBytes,
    styleDim: styleDimOf(architecture),
    kind: kindOf(architecture).title,
    makes: perDomain((domain) => hasGenerator(architecture, domain)),
    takesExamples: perDomain((domain) => encodesStyles(architecture, domain)),
    generators: generatorsOf(architecture),
  };
}
