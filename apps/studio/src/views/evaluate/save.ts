/** An evaluation as a file. */
import type { Evaluation } from '../../evaluate/evaluation.js';
import { fileStem, saveFile } from '../../ui/files.js';
import { nameOf } from '../../model/choice.js';
import { english } from '../../words/english/table.js';
import { noteText } from './Figures.js';

/** Everything that the figures depend on, and the figures; in English, for programs and for colleagues. */
export function saveEvaluation({ model, to, side, styles, seed, inputs, real, seconds, figures, notes, diversity }: Evaluation): void {
  const names = (images: Evaluation['inputs']): string[] => images.map(({ name }) => name);
  const report = { model: nameOf(model), to, side, styles, seed, seconds, inputs: names(inputs).map((name, i) => ({ name, diversity: diversity[i] })), real: names(real), figures, notes: notes.map((note) => noteText(note, english.evaluate)) };
  saveFile(new Blob([`${JSON.stringify(report, undefined, 2)}\n`], { type: 'application/json' }), `${fileStem(nameOf(model)) || 'model'}-evaluation.json`);
}
