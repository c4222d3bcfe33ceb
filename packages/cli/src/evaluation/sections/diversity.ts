/** LPIPS between translations of one input. */
import { ShapeError } from '@munit/core';
import { deterministicDiversity, diversityOf, type Figure, inputDiversity, type InputDiversity, realDiversityOf, realPairDistances, realPairs } from '@munit/metrics';
import { batchOf, cellOf } from '../images.js';
import { keptValues } from '../parts.js';
import { placesOf } from '../shards.js';
import { translationBatch } from '../translations.js';
import type { Cell, Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes, partName, type ProtocolWork, withoutStyles } from './context.js';

const shownInputs = 3;
const shownStyles = 10;

export const diversity: ProtocolWork = {
  measure: async (direction) => {
    if (withoutStyles(direction) === undefined) await perInputs(direction);
    await realDistances(direction);
  },
  section,
};

/** Of each input, its place seeds which pairs are drawn. */
function perInputs(direction: EvaluationDirection): Promise<readonly InputDiversity[]> {
  const { translations, request, lpips } = direction;
  return keptValues(direction, partName('diversity', direction), translations.places, 'Diversity', async (input) => {
    const batch = await translationBatch(translations, input);
    try {
      return await inputDiversity(await lpips(), batch, input, { seed: request.seed });
    } finally {
      batch.dispose();
    }
  });
}

/** Of pairs of real images, each pair by the name of its second image, null where their sizes do not allow it; undefined where there are none. */
async function realDistances(direction: EvaluationDirection): Promise<readonly (readonly number[] | null)[] | undefined> {
  const { real, request, lpips, shard } = direction;
  if (real === undefined || real.names.length < 2) return undefined;
  const pairs = realPairs(real.names.length, { seed: request.seed, most: 100 });
  const measure = realPairDistances(await lpips(), async (place) => batchOf([await real.load(place)], [real.names[place] as string]));
  const places = placesOf(pairs.map(([, second]) => real.names[second] as string), shard);
  return keptValues(direction, partName('real-diversity', direction), places, 'Diversity of real images', (place) =>
    measure(pairs[place] as (typeof pairs)[number]).catch((error: unknown) => {
      if (error instanceof ShapeError) return null;
      throw error;
    }),
  );
}

async function section(direction: EvaluationDirection): Promise<Section> {
  const { translations, request } = direction;
  const versions = await direction.lpips();
  const single = withoutStyles(direction);
  if (single !== undefined) {
    const real = await realFigures(direction);
    const notes = [`${single} Its diversity is therefore 0 by definition; there are no pairs to show.`, ...real.notes];
    return { protocol: 'diversity', to: direction.to, notes, figures: [...deterministicDiversity(versions, translations.count), ...real.figures], exhibits: [] };
  }
  const { figures, perInput } = diversityOf(versions, await perInputs(direction), { seed: request.seed });
  const { least, most } = extremes(perInput, Math.min(shownInputs, perInput.length));
  const rows = async (inputs: readonly number[]) => {
    const result: { readonly label: string; readonly cells: readonly Cell[] }[] = [];
    for (const input of inputs) {
      const source = translations.inputs === undefined ? [] : [cellOf(await translations.inputs.load(input), 'input')];
      result.push({ label: `${translations.names[input]}: ${(perInput[input] as number).toFixed(3)}`, cells: [...source, ...(await translations.load(input)).slice(0, shownStyles).map((image) => cellOf(image))] });
    }
    return result;
  };
  const exhibits: Exhibit[] = [
    { kind: 'images', title: 'Most diverse inputs', caption: 'The inputs whose translations differ most, by mean LPIPS of their pairs.', rows: await rows(most) },
    { kind: 'images', title: 'Least diverse inputs', caption: 'The inputs whose translations differ least.', rows: await rows(least) },
    { kind: 'curves', title: 'Diversity of inputs', caption: 'Share of inputs whose mean LPIPS is at most this.', unit: 'LPIPS', series: [{ name: 'translations', values: perInput }] },
  ];
  const real = await realFigures(direction);
  return { protocol: 'diversity', to: direction.to, notes: real.notes, figures: [...figures, ...real.figures], exhibits };
}

/** Real images, where they are all of one size that LPIPS takes. */
async function realFigures(direction: EvaluationDirection): Promise<{ readonly figures: readonly Figure[]; readonly notes: readonly string[] }> {
  const distances = await realDistances(direction);
  if (distances === undefined) return { figures: [], notes: direction.real === undefined ? [] : ['The diversity of the real images is not measured: there is only one.'] };
  // What was measured of the translations stands without it.
  if (distances.includes(null)) return { figures: [], notes: ['The diversity of the real images is not measured, because they differ in size or are too small: give --size.'] };
  const measured = distances.filter((pair) => pair !== null);
  return { figures: (await direction.lpips()).map((version, v) => realDiversityOf(version, measured.map((pair) => pair[v] as number), { seed: direction.request.seed })), notes: [] };
}
