/** The screen that asks: the input, and two images to choose from. */
import type { SurveyPage } from '../types.js';
import { button, decoded, make, show } from './dom.js';
import { keep, type Progress, shownAt } from './progress.js';

/** Fetched while the worker looks at the question before. */
function preload(page: SurveyPage, seat: number, position: number): void {
  const next = shownAt(page, seat, position);
  if (next !== undefined) for (const address of [next.input, next.left, next.right]) new Image().src = address;
}

const picture = (address: string, alt: string): HTMLImageElement => make('img', { src: address, alt });

/**
 * Asks the next question until there are no more. An answer is kept before the next question appears; the last one can be taken back.
 * @param onDone called when every question of the seat has an answer
 */
export function ask(page: SurveyPage, progress: Progress, onDone: () => void): void {
  const position = progress.answers.length;
  const total = page.seats[progress.seat - 1]!.length;
  const shown = shownAt(page, progress.seat, position);
  if (shown === undefined) {
    onDone();
    return;
  }
  const listening = new AbortController();
  const again = (): void => {
    listening.abort();
    ask(page, progress, onDone);
  };
  let visibleSince: number | undefined;
  const choose = (side: 'left' | 'right'): void => {
    // An answer to images that are not there yet would say nothing.
    if (visibleSince === undefined) return;
    progress.answers.push({ question: shown.id, chosen: shown[side], side, ms: Math.round(performance.now() - visibleSince) });
    visibleSince = undefined;
    keep(page, progress);
    again();
  };
  const takeBack = (): void => {
    if (position === 0) return;
    progress.answers.pop();
    keep(page, progress);
    again();
  };

  const input = picture(shown.input, 'Input');
  const left = picture(shown.left, '');
  const right = picture(shown.right, '');
  const choices = ([['left', left, '←'], ['right', right, '→']] as const).map(([side, image, key]) => {
    const element = button('', () => choose(side), { class: 'choice', 'aria-label': side === 'left' ? 'The left one' : 'The right one' });
    element.append(image, make('span', { class: 'key', 'aria-hidden': 'true' }, key));
    element.disabled = true;
    return element;
  });
  const back = button('Back', takeBack, { class: 'quiet' });
  back.disabled = position === 0;
  const status = make('p', { class: 'status', role: 'status' });
  const bar = make('progress', { 'aria-label': 'Questions answered' });
  bar.max = total;
  bar.value = position;

  show(
    make('header', { class: 'bar' }, bar, make('span', { class: 'count' }, `${position + 1} of ${total}`), back),
    make('h1', { class: 'question', tabindex: '-1' }, page.question),
    make('div', { class: 'stage' }, make('figure', { class: 'input' }, input, make('figcaption', {}, 'Input')), make('div', { class: 'pair' }, ...choices)),
    make('p', { class: 'hint' }, 'Choose an image. ', make('span', { class: 'keys' }, 'By keys: ← or →, and Backspace to go back. '), 'There is no time limit.'),
    status,
  );

  addEventListener(
    'keydown',
    (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'ArrowLeft' || event.key === '1') choose('left');
      else if (event.key === 'ArrowRight' || event.key === '2') choose('right');
      else if (event.key === 'Backspace') takeBack();
      else return;
      event.preventDefault();
    },
    { signal: listening.signal },
  );

  decoded([input, left, right]).then(
    () => {
      if (listening.signal.aborted) return;
      for (const choice of choices) choice.disabled = false;
      visibleSince = performance.now();
      preload(page, progress.seat, position + 1);
    },
    () => {
      if (listening.signal.aborted) return;
      status.setAttribute('role', 'alert');
      status.append('An image could not be loaded. ', button('Try again', again));
    },
  );
}
