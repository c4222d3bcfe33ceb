/** Distances to real images. */
import type { ImageList } from '../images.js';
import { qualityFigures } from '@munit/metrics';
import { cellOf } from '../images.js';
import type { Cell, Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes } from './context.js';

const shown = 8;

export async function qualitySection(direction: EvaluationDirection): Promise<Section> {
  const { translations, network, request, features } = direction;
  const real = direction.real as ImageList;
  const { figures, nearest, distances, realDistances, bins } = qualityFigures(await features.real(), await features.translations(), { network, each: translations.each, seed: request.seed, resamples: request.resamples });
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
      : [{ kind: 'bars' as const, title: 'Clusters', caption: 'Shares of the clusters of real images, the largest first: one that translations leave out is a mode that is missing.', classes: [...bins.real].map((_, i) => String(i + 1)).slice(0, 40), series: [{ name: 'real images', shares: [...bins.real].slice(0, 40) }, { name: 'translations', shares: [...bins.fake].slice(0, 40) }] }]),
  ];
  return { protocol: 'quality', to: direction.to, notes: [], figures, exhibits };
}
