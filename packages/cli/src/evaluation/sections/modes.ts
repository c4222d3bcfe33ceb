/** CIS, IS and the modes reached. */
import { type ModeClassifier, modeFigures } from '@munit/metrics';
import { cellOf } from '../images.js';
import type { Cell, Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes, type ProtocolWork, withoutStyles } from './context.js';

const shown = 8;

export const modes: ProtocolWork = {
  measure: async ({ real, modeFeatures }) => {
    if (real !== undefined) await modeFeatures.real();
    await modeFeatures.translations();
  },
  section,
};

async function section(direction: EvaluationDirection): Promise<Section> {
  const { translations, request, modeFeatures: features } = direction;
  const single = withoutStyles(direction);
  const classifier = direction.classifier as ModeClassifier;
  const real = direction.real === undefined ? undefined : await features.real();
  const { figures, modes: found, confidences, shares } = modeFigures(classifier, await features.translations(), { each: translations.each, real, deterministic: single !== undefined, seed: request.seed });
  const names = classifier.card.modes;
  const cell = async (place: number, label: string): Promise<Cell> => {
    const images = await translations.load(Math.floor(place / translations.each));
    return cellOf(images[place % translations.each] as (typeof images)[number], label);
  };
  const percent = (place: number): string => `${(100 * (confidences[place] as number)).toFixed(0)} %`;
  const rows: { readonly label: string; readonly cells: readonly Cell[] }[] = [];
  for (const [mode, name] of names.entries()) {
    const places = Array.from(found.keys()).filter((place) => found[place] === mode);
    const chosen = places.sort((a, b) => (confidences[b] as number) - (confidences[a] as number)).slice(0, shown);
    rows.push({ label: chosen.length === 0 ? `${name}: none` : name, cells: await Promise.all(chosen.map((place) => cell(place, percent(place)))) });
  }
  const { least } = extremes(confidences, Math.min(shown, confidences.length));
  const unsure: Cell[] = [];
  for (const place of least) unsure.push(await cell(place, `${names[found[place] as number]} ${percent(place)}`));
  const share = (counts: readonly number[]): number[] => counts.map((count) => count / counts.reduce((sum, one) => sum + one, 0));
  const exhibits: Exhibit[] = [
    { kind: 'bars', title: 'Modes', caption: 'How often the classifier finds each mode.', classes: names, series: [{ name: 'translations', shares: share(shares.translations) }, ...(shares.real === undefined ? [] : [{ name: 'real images', shares: share(shares.real) }])] },
    { kind: 'images', title: 'Surest of each mode', caption: 'The translations that the classifier is surest of, and how sure.', rows },
    { kind: 'images', title: 'Failures', caption: 'The translations that the classifier is least sure of.', rows: [{ label: '', cells: unsure }] },
  ];
  const notes = single === undefined ? [] : [`${single} CIS is therefore 0 by definition; IS says how many modes the translations of all inputs reach.`];
  return { protocol: 'modes', to: direction.to, notes, figures, exhibits };
}
