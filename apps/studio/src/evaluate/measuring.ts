/** The figures of one evaluation: translations come input by input, and none stays longer than it is looked at. */
import { type Device, openDevice, tensor, type Tensor4D } from '@munit/core';
import { type PixelImage, toBatch } from '@munit/images';
import { deterministicDiversity, diversityFigures, type DiversityResult, type FeatureExtractor, featureSet, type FeatureSet, type Figure, loadFeatureExtractor, loadLpips, type Lpips, qualityFigures, realDiversity } from '@munit/metrics';
import { type Feed, openFeed } from './feed.js';
import type { EvaluationFigures, EvaluationNote, EvaluationSettings } from './protocol.js';

/** Precision and recall look at three neighbours, so a set has at least one more. */
const LEAST_IMAGES = 4;

/** As many real images give the diversity that translations are read against. */
const REAL_IMAGES = 50;

const nothing = { real: new Uint32Array(0), distances: new Float64Array(0) };

const batchOf = (images: readonly PixelImage[]): Tensor4D => {
  const { data, shape } = toBatch(images);
  return tensor(data, [...shape]);
};

export class Measuring {
  readonly #settings: EvaluationSettings;
  readonly #device: Device;
  readonly #lpips: Lpips;
  readonly #extractor: FeatureExtractor;
  /** Undefined for one translation of each input. */
  readonly #diversity: { readonly feed: Feed; readonly result: Promise<DiversityResult> } | undefined;
  readonly #features: { readonly translations: Float32Array[]; readonly real: Float32Array[] } = { translations: [], real: [] };
  readonly #real: PixelImage[] = [];
  #inputs = 0;

  private constructor(settings: EvaluationSettings, device: Device, lpips: Lpips, extractor: FeatureExtractor) {
    this.#settings = settings;
    this.#device = device;
    this.#lpips = lpips;
    this.#extractor = extractor;
    if (settings.styles < 2) return;
    const feed = openFeed();
    const result = diversityFigures([lpips], feed.read(), { seed: settings.seed });
    // Whoever waits for it hears of it.
    result.catch(() => undefined);
    this.#diversity = { feed, result };
  }

  /** @returns why, when AlexNet cannot be fetched: the page says it in its language @throws DeviceUnavailableError */
  static async open(settings: EvaluationSettings): Promise<Measuring | { readonly cause: string }> {
    const device = await openDevice(settings.device);
    try {
      return new Measuring(settings, device, await loadLpips(), await loadFeatureExtractor());
    } catch (cause) {
      device.dispose();
      return { cause: String(cause) };
    }
  }

  /** Takes all translations of one input. */
  async translations(images: readonly PixelImage[]): Promise<void> {
    this.#inputs++;
    const batch = batchOf(images);
    this.#features.translations.push(await this.#featuresOf(batch));
    if (this.#diversity === undefined) return batch.dispose();
    await Promise.race([this.#diversity.feed.give(batch), this.#diversity.result]);
  }

  /** Takes a real image. */
  async real(image: PixelImage): Promise<void> {
    this.#real.push(image);
    const batch = batchOf([image]);
    this.#features.real.push(await this.#featuresOf(batch));
    batch.dispose();
  }

  async #featuresOf(batch: Tensor4D): Promise<Float32Array> {
    return Float32Array.from((await this.#extractor.features(batch)).data);
  }

  async figures(): Promise<EvaluationFigures> {
    const figures: Figure[] = [];
    const notes: EvaluationNote[] = [];
    const diversity = await this.#diversityOf();
    figures.push(...(diversity?.figures ?? deterministicDiversity([this.#lpips], this.#inputs)));
    if (diversity === undefined) notes.push({ kind: 'oneEach' });
    if (this.#real.length >= 2) figures.push(await this.#realDiversity());
    const quality = this.#qualityOf();
    if (quality === undefined) {
      notes.push({ kind: 'tooFew', least: LEAST_IMAGES, real: this.#real.length, translations: this.#inputs * this.#settings.styles });
    } else figures.push(...quality.figures);
    return { figures, notes, diversity: diversity?.perInput ?? [], nearest: quality === undefined ? nothing : { real: quality.nearest, distances: quality.distances } };
  }

  async #diversityOf(): Promise<DiversityResult | undefined> {
    await this.#diversity?.feed.end();
    return this.#diversity?.result;
  }

  #realDiversity(): Promise<Figure> {
    return realDiversity(this.#lpips, this.#real.length, (index) => Promise.resolve(batchOf([this.#real[index]!])), { seed: this.#settings.seed, most: REAL_IMAGES });
  }

  #qualityOf(): ReturnType<typeof qualityFigures> | undefined {
    const [real, fake] = [this.#setOf('real'), this.#setOf('translations')];
    if (real.count < LEAST_IMAGES || fake.count < LEAST_IMAGES) return undefined;
    return qualityFigures(real, fake, { network: this.#extractor.network, each: this.#settings.styles, seed: this.#settings.seed });
  }

  #setOf(which: 'real' | 'translations'): FeatureSet {
    const parts = this.#features[which];
    const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part, at);
      at += part.length;
    }
    return featureSet(data, this.#extractor.dimension);
  }

  close(): void {
    this.#lpips.dispose();
    this.#extractor.dispose();
    this.#device.dispose();
  }
}
