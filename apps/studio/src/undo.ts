/** Steps back and forward: styles, locks, images, choices. A step is what changes in one go, as the drag of a slider. */
import { batch, computed, effect, signal } from '@preact/signals';
import { target } from './direction.js';
import { drawing } from './draw/drawing.js';
import { chosen } from './image/library.js';
import { imagesRestored } from './image/kept.js';
import { type OwnImage, ownImages, setOwn } from './image/own.js';
import { sameCode } from './styles/codes.js';
import { seed, setStyleState, type StyleState, styleState } from './styles/style.js';

interface Moment {
  readonly style: StyleState;
  readonly seed: number;
  readonly target: typeof target.value;
  readonly chosen: typeof chosen.value;
  readonly own: readonly OwnImage[];
}

const MOST = 100;
/** What changes within this time is one step. */
const STEP_MS = 400;

const past = signal<readonly Moment[]>([]);
const future = signal<readonly Moment[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** The moment that the next step leaves; undefined before anything can be undone. */
let now: Moment | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

const current = (): Moment => ({ style: styleState.value, seed: seed.value, target: target.value, chosen: chosen.value, own: ownImages.value });

const sameStyle = (p: StyleState, q: StyleState): boolean => sameCode(p.a, q.a) && sameCode(p.b, q.b) && p.example === q.example && p.locks === q.locks;
const same = (p: Moment, q: Moment): boolean => sameStyle(p.style, q.style) && p.seed === q.seed && p.target === q.target && p.chosen === q.chosen && p.own === q.own;

/** Ends the step under way. */
function settle(): void {
  clearTimeout(timer);
  const next = current();
  if (now === undefined || same(now, next)) return;
  past.value = [...past.peek(), now].slice(-MOST);
  future.value = [];
  now = next;
}

function turnTo(moment: Moment): void {
  now = moment;
  batch(() => {
    setOwn(moment.own);
    setStyleState(moment.style);
    seed.value = moment.seed;
    target.value = moment.target;
    chosen.value = moment.chosen;
  });
}

export function undo(): void {
  settle();
  const before = past.peek().at(-1);
  if (before === undefined || now === undefined) return;
  past.value = past.peek().slice(0, -1);
  future.value = [now, ...future.peek()];
  turnTo(before);
}

export function redo(): void {
  settle();
  const [next, ...more] = future.peek();
  if (next === undefined || now === undefined) return;
  future.value = more;
  past.value = [...past.peek(), now];
  turnTo(next);
}

/** Nothing before this moment comes back: what was forgotten stays forgotten. */
export function beginAgain(): void {
  clearTimeout(timer);
  past.value = future.value = [];
  now = current();
}

const takesKeys = (element: EventTarget | null): boolean => element instanceof HTMLElement && element.matches('input:not([type=range], [type=radio], [type=checkbox], [type=color]), textarea, select');

/** Notes steps from when the images of earlier visits are there. A drawing is one step: its pad has steps of its own. */
export function startUndo(): void {
  void imagesRestored().then(() => {
    beginAgain();
    effect(() => {
      const next = current();
      clearTimeout(timer);
      if (drawing.value === undefined && now !== undefined && !same(now, next)) timer = setTimeout(settle, STEP_MS);
    });
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || takesKeys(event.target) || document.querySelector('dialog[open]') !== null) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) redo();
    else undo();
  });
}
