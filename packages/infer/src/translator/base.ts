/** What a translator in this thread and one in a worker have in common: the facts of the model, and what follows from them alone. */
import { ArgumentError, checkOptions, type DeviceReport, type Domain, otherDomain, type PerDomain } from '@munit/core';
import type { DomainInfo, GeneratorsArchitecture } from '@munit/formats';
import type { Size } from '@munit/images';
import { type ModelAbout, trainedSizeOf } from '../about.js';
import type { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import { estimateFor, type MemoryOptions, type TranslationEstimate } from '../networks/estimate.js';
import { checkCount, checkStyle, freshSeed, interpolateStyles, sampleStyles, type StyleCode } from '../styles.js';
import type { ModelFacts } from './facts.js';
import { interpolateNames } from './optionNames.js';
import type { InterpolateOptions, ManyStyles, TranslatorInfo } from './types.js';

/** `Translator` and `TranslatorClient` extend it. */
export abstract class TranslatorBase<P extends Picture> implements TranslatorInfo {
  /** {@inheritDoc TranslatorInfo.architecture} */
  readonly architecture: GeneratorsArchitecture;
  /** {@inheritDoc TranslatorInfo.domains} */
  readonly domains: PerDomain<DomainInfo>;
  /** {@inheritDoc TranslatorInfo.about} */
  readonly about: ModelAbout;
  /** {@inheritDoc TranslatorInfo.weightBytes} */
  readonly weightBytes: number;

  /** What a worker sends of it. @internal */
  readonly facts: ModelFacts;

  constructor(facts: ModelFacts) {
    const { architecture, domains, about, weightBytes } = facts;
    this.facts = facts;
    this.architecture = architecture;
    this.domains = domains;
    this.about = about;
    this.weightBytes = weightBytes;
  }

  /** {@inheritDoc TranslatorInfo.device} */
  abstract get device(): DeviceReport;

  /** {@inheritDoc TranslatorApi.translate} */
  abstract translate(image: ImageInput, options: ManyStyles): Promise<P[]>;

  /** {@inheritDoc TranslatorApi.dispose} */
  abstract dispose(): void;

  /** What is known of memory besides what the device says. */
  protected abstract memoryOptions(): MemoryOptions;

  /** {@inheritDoc TranslatorApi.styleDim} */
  get styleDim(): number {
    return this.facts.styleDim;
  }

  /** {@inheritDoc TranslatorApi.kind} */
  get kind(): string {
    return this.facts.kind;
  }

  /** {@inheritDoc TranslatorApi.makes} */
  makes(to: Domain): boolean {
    return this.facts.makes[to];
  }

  /** {@inheritDoc TranslatorApi.takesExamples} */
  takesExamples(domain: Domain): boolean {
    return this.facts.takesExamples[domain];
  }

  /** {@inheritDoc TranslatorApi.trainedSize} */
  get trainedSize(): number | undefined {
    return trainedSizeOf(this.about);
  }

  /** {@inheritDoc TranslatorApi.sampleStyles} */
  sampleStyles(count: number, seed: number = freshSeed()): Float32Array[] {
    this.needStyles('sampleStyles');
    return sampleStyles(this.styleDim, checkCount('count', count), seed);
  }

  /** {@inheritDoc TranslatorApi.interpolate} */
  async interpolate(image: ImageInput, options: InterpolateOptions = {}): Promise<P[]> {
    checkOptions('interpolate', options, interpolateNames);
    const { start, end, count = 8, mode = 'slerp', to = 'b', seed = freshSeed(), signal, onProgress } = options;
    this.needStyles('interpolate');
    const [first, second] = sampleStyles(this.styleDim, 2, seed) as [Float32Array, Float32Array];
    const at = (given: StyleCode | undefined, random: Float32Array): Float32Array => checkStyle(given ?? random, this.styleDim);
    const styles = interpolateStyles(at(start, first), at(end, second), checkCount('count', count), mode);
    return this.translate(image, { to, styles, signal, onProgress });
  }

  /** {@inheritDoc TranslatorApi.estimateTranslation} */
  estimateTranslation(size: Size): TranslationEstimate {
    return estimateFor(this.facts.generators, this.device, size, this.weightBytes, this.memoryOptions());
  }

  /** {@inheritDoc TranslatorApi.dispose} */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws ArgumentError for a model without styles */
  protected needStyles(what: string): void {
    if (this.styleDim > 0) return;
    throw new ArgumentError(`${what} needs styles, but this is a ${this.kind} model, which has none.`, {
      remedy: { id: 'no-styles', text: 'Use a MUNIT model, or translate without a style.' },
    });
  }

  /** @throws ArgumentError for a model without styles, or one that cannot encode those of images of `domain` */
  protected needStyleEncoder(what: string, domain: Domain): void {
    this.needStyles(what);
    if (this.takesExamples(domain)) return;
    throw new ArgumentError(`${what} needs a style encoder of domain ${domain}, which this ${this.kind} model does not have.`, {
      remedy: { id: 'no-styles', text: 'Use a MUNIT model, or random styles.' },
    });
  }

  /** @throws ArgumentError for a translation that the model does not have */
  protected needGenerator(to: Domain): void {
    if (this.makes(to)) return;
    throw new ArgumentError(`This model has no generator of images of domain ${to}: it translates to ${otherDomain(to)} only.`, {
      remedy: `Translate to ${otherDomain(to)}.`,
    });
  }
}
