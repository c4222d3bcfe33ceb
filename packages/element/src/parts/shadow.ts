/** What is inside the element. */
import type { Picture } from '@munit/infer';
import type { TranslatorLabels } from '../labels.js';
import { button, make } from './dom.js';
import { styleText } from './styles.js';

/** The places that the element fills. */
export interface Shadow {
  readonly frame: HTMLElement;
  readonly input: HTMLElement;
  readonly source: HTMLCanvasElement;
  readonly sheet: HTMLCanvasElement;
  /** Shows or hides the places of the input. */
  showInput(shown: { readonly sheet: boolean; readonly blank: boolean; readonly source: boolean }): void;
  showResults(pictures: readonly (Picture | undefined)[], options: { readonly chosen: number; readonly domain: string }): void;
  /** Loading, 0 to 1; without a number nobody knows; undefined hides it. */
  showProgress(progress: { readonly fraction: number | undefined } | undefined): void;
  /** Says that no model is named. */
  showNoModel(): void;
  showError(message: string | undefined): void;
  showBusy(busy: boolean): void;
}

/** What people do inside. */
export interface ShadowActions {
  readonly choose: (index: number) => void;
  readonly again: () => void;
  readonly drop: (file: File) => void;
}

/** Constructed once: content security policies that forbid inline styles allow it. */
let sheetOfStyles: CSSStyleSheet | undefined;

function styles(): CSSStyleSheet {
  if (sheetOfStyles === undefined) {
    sheetOfStyles = new CSSStyleSheet();
    sheetOfStyles.replaceSync(styleText);
  }
  return sheetOfStyles;
}

/** Fills a shadow root; the controls come between the images and the status. */
export function createShadow(root: ShadowRoot, labels: TranslatorLabels, controls: HTMLElement, actions: ShadowActions): Shadow {
  root.adoptedStyleSheets = [styles()];
  const source = make('canvas', { part: 'source', role: 'img', 'aria-label': labels.source, hidden: true });
  const sheet = make('canvas', { part: 'sheet', role: 'img', 'aria-label': labels.sheet, hidden: true });
  const placeholder = make('div', { part: 'placeholder' }, labels.empty);
  const hint = make('div', { part: 'hint', hidden: true }, labels.draw);
  const input = make('div', { part: 'input' }, source, sheet, hint, placeholder);
  const results = make('ul', { part: 'results', hidden: true });
  const bar = make('progress', { part: 'progress', max: 1, hidden: true, 'aria-label': labels.loading });
  const status = make('p', { part: 'status', role: 'status' });
  const words = make('p');
  const error = make('div', { part: 'error', role: 'alert', hidden: true }, words, button('again', labels.again, actions.again));
  const images = make('div', { part: 'pictures' }, input, results);
  const frame = make('div', { part: 'frame', role: 'group', 'aria-label': labels.element }, images, controls, bar, status, error);
  root.append(frame);
  takeDrops(input, actions.drop);

  const resultAt = (index: number, several: boolean, label: string): { readonly item: HTMLLIElement; readonly canvas: HTMLCanvasElement } => {
    if (!several) {
      const canvas = make('canvas', { part: 'result', role: 'img', 'aria-label': label });
      return { item: make('li', {}, canvas), canvas };
    }
    const canvas = make('canvas', { 'aria-hidden': 'true' });
    const choose = button('result', '', () => actions.choose(index));
    choose.replaceChildren(canvas);
    choose.setAttribute('aria-label', label);
    return { item: make('li', {}, choose), canvas };
  };
  let shown: { readonly key: string; readonly canvases: readonly HTMLCanvasElement[] } = { key: '', canvases: [] };
  return {
    frame,
    input,
    source,
    sheet,
    showInput(now) {
      input.dataset['paper'] = String(now.sheet);
      sheet.hidden = !now.sheet;
      hint.hidden = !now.sheet || !now.blank;
      source.hidden = now.sheet || !now.source;
      placeholder.hidden = now.sheet || now.source;
    },
    showResults(pictures, { chosen, domain }) {
      const several = pictures.length > 1;
      const key = `${pictures.length} ${domain}`;
      if (key !== shown.key) {
        const made = pictures.map((_, index) => resultAt(index, several, labels.result(index + 1, domain)));
        results.replaceChildren(...made.map(({ item }) => item));
        shown = { key, canvases: made.map(({ canvas }) => canvas) };
      }
      for (const [index, canvas] of shown.canvases.entries()) {
        pictures[index]?.toCanvas(canvas);
        canvas.closest('button')?.setAttribute('aria-pressed', String(index === chosen));
      }
      results.hidden = pictures.every((picture) => picture === undefined);
    },
    showProgress(progress) {
      bar.hidden = progress === undefined;
      status.textContent = progress === undefined ? '' : labels.loading;
      if (progress?.fraction === undefined) bar.removeAttribute('value');
      else bar.value = progress.fraction;
    },
    showNoModel() {
      status.textContent = labels.noModel;
    },
    showError(message) {
      error.hidden = message === undefined;
      words.textContent = message ?? '';
    },
    // The images alone: screen readers announce no alert inside of what is busy.
    showBusy: (busy) => images.setAttribute('aria-busy', String(busy)),
  };
}

/** An image dropped on the input. */
function takeDrops(place: HTMLElement, onFile: (file: File) => void): void {
  const over = (value: boolean) => (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    place.dataset['over'] = String(value);
  };
  place.addEventListener('dragover', over(true));
  place.addEventListener('dragleave', over(false));
  place.addEventListener('drop', (event) => {
    over(false)(event);
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) onFile(file);
  });
}
