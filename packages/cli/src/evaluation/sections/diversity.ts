/** LPIPS between translations of one input. */
import { deterministicDiversity, diversityFigures, realDiversity } from '@munit/metrics';
import { batchOf, cellOf } from '../images.js';
import { translationBatches } from '../translations.js';
import type { Cell, Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes, withoutStyles } from './context.js';

const shownInputs = 3;
const shownStyles = 10;

export async function diversitySection(direction: EvaluationDirection): Promise<Section> {
  const { translations, request, signal, onProgress } = direction;
  const versions = await direction.lpips();
  const single = withoutStyles(direction);
  if (single !== undefined) {
    const notes = [`${single} Its diversity is therefore 0 by definition; there are no pairs to show.`];
    return { protocol: 'diversity', to: direction.to, notes, figures: [...deterministicDiversity(versions, translations.count), ...(await realFigures(direction))], exhibits: [] };
  }
  const { figures, perInput } = await diversityFigures(versions, translationBatches(translations), {
    seed: request.seed,
    signal,
    onInput: (done) => onProgress('Diversity', done, translations.count),
  });
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
  return { protocol: 'diversity', to: direction.to, notes: [], figures: [...figures, ...(await realFigures(direction))], exhibits };
}

/** Real images, where they are all of one size. */
async function realFigures({ lpips, real, request, signal }: EvaluationDirection) {
  if (real === undefined || real.names.length < 2) return [];
  const found = [];
  for (const version of await lpips()) {
    found.push(await realDiversity(version, real.names.length, async (index) => batchOf([await real.load(index)], [real.names[index] as string]), { seed: request.seed, signal, most: 100 }));
  }
  return found;
}
