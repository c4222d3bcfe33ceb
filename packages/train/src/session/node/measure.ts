/** The metrics of a run while it is trained, on held-out images. */
import { type Params, tensor, type Tensor4D, tidy, tileBatch } from '@munit/core';
import { centerCrop, toBatch } from '@munit/images';
import type { Metric, MetricImages } from '@munit/metrics';
import type { ImageSource } from '@munit/data';
import type { TrainingConfig } from '../../config/schema.js';
import { StyleCodes } from '../../loop/samples.js';
import type { GeneratorNetworks } from '../../methods/method.js';
import type { MeasurePort } from '../ports.js';
import { imagesOfConfig, type RunImages } from './runImages.js';

/** Translations of each input. */
const styles = 10;

/**
 * Measures `config.metrics`: `metrics_images` held-out images of A, in 10 styles each, against as many training images of B. Networks are
 * loaded for a measurement and freed after it, so that training has the memory.
 */
export const measureTranslations: MeasurePort = async (networks, gen, { config, signal }) => {
  const images = await imagesOfConfig(config);
  try {
    const values: Record<string, number> = {};
    const warnings: string[] = [];
    for (const name of config.metrics) {
      const { metric, dispose } = await openMetric(name);
      try {
        const found = await metric.measure({ translations: translationsOf(networks, gen, images, config), real: realOf(images, config) }, { signal });
        values[name] = found.value;
        warnings.push(...found.warnings.map((warning) => `${name}: ${warning}`));
      } finally {
        dispose();
      }
    }
    return { metrics: values, warnings };
  } finally {
    await images.dispose();
  }
};

/** Loaded when it is needed: most runs measure nothing. */
async function openMetric(name: TrainingConfig['metrics'][number]): Promise<{ readonly metric: Metric; readonly dispose: () => void }> {
  const { frechetMetric, kernelMetric, loadFeatureExtractor, loadLpips, lpipsDiversity } = await import('@munit/metrics');
  if (name === 'lpips-diversity') {
    const lpips = await loadLpips();
    return { metric: lpipsDiversity(lpips), dispose: () => lpips.dispose() };
  }
  const extractor = await loadFeatureExtractor({ network: 'alexnet' });
  return { metric: name === 'fid-alexnet' ? frechetMetric(extractor) : kernelMetric(extractor), dispose: () => extractor.dispose() };
}

async function* eachImage(source: ImageSource, most: number, { crop }: RunImages): AsyncGenerator<Tensor4D> {
  for (let i = 0; i < Math.min(most, source.names.length); i++) {
    const { data, shape } = toBatch([centerCrop((await source.load(i)).image, crop)]);
    const image: Tensor4D = tensor(data, [...shape]);
    try {
      yield image;
    } finally {
      image.dispose();
    }
  }
}

const realOf = (images: RunImages, { metrics_images: most }: TrainingConfig): MetricImages['real'] => eachImage(images.real.b, most * styles, images);

async function* translationsOf(networks: GeneratorNetworks, gen: Params, images: RunImages, { metrics_images: most, seed }: TrainingConfig): AsyncGenerator<Tensor4D> {
  const codes = new StyleCodes(networks, styles, seed);
  for await (const image of eachImage(images.inputs.a, most, images)) {
    const batch = tidy(() => networks.decode(gen, 'b', tileBatch(networks.encodeContent(gen, 'a', image), codes.count), codes.batch(0, codes.count)));
    try {
      yield batch;
    } finally {
      batch.dispose();
    }
  }
}
