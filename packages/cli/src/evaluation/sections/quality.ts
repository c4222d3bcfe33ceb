/** Distances to real images. */
import type { TakenFeatures } from '../features.js';
import type { ImageList } from '../images.js';
import { qualityFigures } from '@munit/metrics';
import { cellOf } from '../images.js';
import type { Cell, Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes, type ProtocolWork } from './context.js';

const shown = 8;

export const quality: ProtocolWork = {
  measure: async ({ features }) => {
    await features.real();
    await features.translations();
  },
  section,
};

async function section(direction: EvaluationDirection): Promise<Section> {
  const { translations, network, request, features } = direction;
  const real = direction.real as ImageList;
  const [ofReal, ofTranslations] = [await features.real(), await features.translations()];
  const { figures, nearest, distances, realDistances, bins } = qualityFigures(ofReal, ofTranslations, { network, each: translations.each, seed: request.seed, resamples: request.resamples });
  const doubts = doubtsOf(ofReal, ofTranslations, distances);
  const pairs = async (places: readonly number[]): Promise<{ readonly label: string; readonly cells: readonly Cell[] }[]> => {
    const [upper, lower]: [Cell[], Cell[]] = [[], []];
    for (const place of places) {
      const images = await translations.load(Math.floor(place / translations.each));
      upper.push(cellOf(images[place % translations.each] as (typeof images)[number], (distances[place] as number).toFixed(1)));
      lower.push(cellOf(await real.load(nearest[place] as number)));
    }
    return [{ label: 'translation', cells: upper }, { label: 'nearest real', cells: lower }];
  };
  const { least, most } = extremes(distances, Math.min(shown, distances.length));
  const spread = Array.from({ length: Math.min(shown, distances.length) }, (_, i) => Math.floor((i * distances.length) / Math.min(shown, distances.length)));
  const exhibits: Exhibit[] = [
    { kind: 'images', title: 'Nearest real images', caption: 'Translations at even steps through the set, and the real image whose features are nearest: copies of training images would show here.', rows: await pairs(spread) },
    { kind: 'images', title: 'Closest to a real image', caption: 'Below each, how far its features lie from the real image’s.', rows: await pairs(least) },
    { kind: 'images', title: 'Failures', caption: 'The translations that lie farthest from any real image.', rows: await pairs(most) },
    {
      kind: 'curves',
      title: 'Distance to the nearest real image',
      caption: 'Share of images at most this far from the nearest real one. Curves that coincide: translations lie among real images as these lie among each other.',
      unit: 'distance of features',
      series: [{ name: 'translations', values: [...distances] }, { name: 'real images', values: [...realDistances] }],
    },
    ...(bins === undefined
      ? []
      : [{ kind: 'bars' as const, title: 'Clusters', caption: 'Shares of the clusters of real images, the largest first: one that translations leave out is a mode that is missing.', classes: [...bins.real].map((_, i) => String(i + 1)).slice(0, 40), series: [{ name: 'translations', shares: [...bins.fake].slice(0, 40) }, { name: 'real images', shares: [...bins.real].slice(0, 40) }] }]),
  ];
  return { protocol: 'quality', to: direction.to, notes: [], figures: figures.map((figure) => ({ ...figure, warnings: [...figure.warnings, ...doubts] })), exhibits };
}

/** What the figures measure besides, or instead of, a model. */
function doubtsOf(real: TakenFeatures, translations: TakenFeatures, distances: Float64Array): string[] {
  const sizes = [...new Set([...real.sizes, ...translations.sizes])];
  const [onlyReal, onlyTranslations] = [real, translations].map(({ grey, count }) => grey === count) as [boolean, boolean];
  // Equal images have equal features, to the bit.
  const copies = distances.reduce((count, distance) => count + (distance === 0 ? 1 : 0), 0);
  const alike = ({ data, dimension, count }: TakenFeatures): boolean => count > 1 && data.every((value, i) => value === data[i % dimension]);
  return [
    ...(copies > 0 ? [`${copies} of ${translations.count} translations ${copies === 1 ? 'is a copy' : 'are copies'} of a real image: as good as can be, and no translation.`] : []),
    ...(alike(real) ? ['All real images are the same one: nothing can be measured by them.'] : []),
    ...(alike(translations) ? ['All translations are the same image.'] : []),
    ...(sizes.length > 1 ? [`The images have ${sizes.length} sizes (${sizes.slice(0, 4).join(', ')}${sizes.length > 4 ? ', …' : ''}): each is brought to the network's, which alone moves these figures. Give --size.`] : []),
    ...(onlyReal === onlyTranslations ? [] : [`All ${onlyReal ? 'real images' : 'translations'} are grey, and ${onlyReal ? 'translations' : 'real images'} are in colour: these figures measure that as well.`]),
  ];
}
