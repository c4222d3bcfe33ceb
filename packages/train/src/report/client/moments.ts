/** Going through the images of earlier steps. */
import { element, memory, type PageData } from './page.js';

const frameMs = 700;

export interface MomentPlayer {
  readonly isPlaying: () => boolean;
}

/** Shows the images of the chosen step; the choice "newest" stays the newest after a reload. */
export function startMoments({ moments }: PageData): MomentPlayer {
  const slider = element('moment', HTMLInputElement);
  const output = element('moment-step', HTMLOutputElement);
  const play = element('play', HTMLButtonElement);
  if (slider === undefined) return { isPlaying: () => false };
  const shown = new Map<string, string>();
  for (const figure of document.querySelectorAll<HTMLElement>('[data-grid]')) {
    shown.set(figure.dataset['grid']!, figure.querySelector('img')?.src ?? '');
  }

  const show = (index: number): void => {
    const moment = moments[index];
    if (moment === undefined) return;
    slider.value = String(index);
    if (output !== undefined) output.value = `Step ${moment.step.toLocaleString('en-US')}`;
    slider.setAttribute('aria-valuetext', `Step ${moment.step}`);
    for (const figure of document.querySelectorAll<HTMLElement>('[data-grid]')) {
      const name = figure.dataset['grid']!;
      const grid = moment.grids[name];
      const image = figure.querySelector('img');
      if (grid === undefined || image === null) continue;
      image.src = grid.uri ?? shown.get(name)!;
      figure.querySelector('a')?.setAttribute('href', grid.file);
    }
    memory.set('moment', index === moments.length - 1 ? 'newest' : String(moment.step));
  };

  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    if (play !== undefined) play.textContent = 'Play';
    play?.setAttribute('aria-pressed', 'false');
  };
  play?.addEventListener('click', () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    play.textContent = 'Pause';
    play.setAttribute('aria-pressed', 'true');
    let index = Number(slider.value) >= moments.length - 1 ? 0 : Number(slider.value);
    show(index);
    timer = setInterval(() => {
      show(++index);
      if (index >= moments.length - 1) stop();
    }, frameMs);
  });
  slider.addEventListener('input', () => {
    stop();
    show(Number(slider.value));
  });

  const wanted = memory.get('moment');
  const index = moments.findIndex(({ step }) => String(step) === wanted);
  if (index >= 0) show(index);
  return { isPlaying: () => timer !== undefined };
}
