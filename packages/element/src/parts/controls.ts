/** The controls below the images. */
import type { TranslatorLabels } from '../labels.js';
import { button, make } from './dom.js';

/** Controls, as the attribute `controls` names them. */
export const controlNames = ['file', 'random', 'example', 'sliders', 'save'] as const;

/** One of the controls. */
export type ControlName = (typeof controlNames)[number];

/** What is asked for; null, as without the attribute, is all of them. */
export const controlsIn = (attribute: string | null): ReadonlySet<ControlName> => new Set(attribute === null ? controlNames : controlNames.filter((name) => attribute.split(/\s+/).includes(name)));

/** As far as a slider goes: random styles are standard normal, and hardly ever beyond. */
const REACH = 3;

/** What the controls do. */
export interface ControlActions {
  readonly file: () => void;
  readonly undo: () => void;
  readonly clear: () => void;
  readonly random: () => void;
  readonly example: () => void;
  readonly save: () => void;
  readonly slide: (index: number, value: number) => void;
}

/** What the controls show. */
export interface ControlState {
  readonly shown: ReadonlySet<ControlName>;
  /** Whether there is a sheet to draw on, and something on it; `covered`: an image has taken its place. */
  readonly sheet: 'none' | 'blank' | 'drawn' | 'covered';
  readonly takesExamples: boolean;
  /** Of the translation that is chosen; empty without styles. */
  readonly code: readonly number[];
  /** Whether there is something to translate: without, another style would change nothing that is seen. */
  readonly hasImage: boolean;
  /** Whether the chosen translation is there. */
  readonly hasResult: boolean;
}

/** The controls, and a function that brings them up to date. */
export function createControls(labels: TranslatorLabels, actions: ControlActions): { readonly element: HTMLElement; readonly update: (state: ControlState) => void } {
  const file = button('file', labels.file, actions.file);
  const undo = button('undo', labels.undo, actions.undo);
  const clear = button('clear', labels.clear, actions.clear);
  const random = button('random', labels.random, actions.random);
  const example = button('example', labels.example, actions.example);
  const save = button('save', labels.save, actions.save);
  const list = make('div');
  const sliders = make('details', { part: 'sliders' }, make('summary', { part: 'summary' }, labels.sliders), list);
  const element = make('div', { part: 'controls' }, file, undo, clear, random, example, save, sliders);
  let rows: { readonly input: HTMLInputElement; readonly output: HTMLOutputElement }[] = [];

  const makeRow = (index: number): (typeof rows)[number] => {
    const input = make('input', { type: 'range', min: String(-REACH), max: String(REACH), step: '0.01', part: 'slider', 'aria-label': labels.slider(index + 1) });
    input.addEventListener('input', () => actions.slide(index, input.valueAsNumber));
    // The slider itself is read out; a new style would have all of them announced.
    const output = make('output', { part: 'number', 'aria-live': 'off' });
    list.append(make('label', {}, String(index + 1), input, output));
    return { input, output };
  };
  const update = ({ shown, sheet, takesExamples, code, hasImage, hasResult }: ControlState): void => {
    if (rows.length !== code.length) {
      list.replaceChildren();
      rows = code.map((_, index) => makeRow(index));
    }
    for (const [index, { input, output }] of rows.entries()) {
      input.value = String(code[index]);
      input.disabled = !hasImage;
      output.value = code[index]!.toFixed(2);
    }
    file.hidden = !shown.has('file');
    clear.hidden = sheet === 'none';
    undo.hidden = sheet === 'none' || sheet === 'covered';
    undo.disabled = clear.disabled = sheet === 'blank';
    random.hidden = !shown.has('random') || code.length === 0;
    example.hidden = !shown.has('example') || code.length === 0 || !takesExamples;
    random.disabled = example.disabled = !hasImage;
    sliders.hidden = !shown.has('sliders') || code.length === 0;
    save.hidden = !shown.has('save');
    save.disabled = !hasResult;
    element.hidden = [...element.children].every((child) => (child as HTMLElement).hidden);
  };
  return { element, update };
}
