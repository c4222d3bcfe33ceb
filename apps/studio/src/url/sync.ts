/** The address follows the state, and the state follows an address that is opened, or gone back to. */
import { effect } from '@preact/signals';
import { takeDrawing } from '../draw/drawing.js';
import { choose, chosen, image } from '../image/library.js';
import { imagesRestored } from '../image/kept.js';
import { findOwn, isOwn, nameOfId } from '../image/own.js';
import { isSample } from '../image/samples.js';
import { fromLink, type LinkedModel, toLink } from '../model/choice.js';
import { type DeviceWish, deviceWish, loading, loadLinked, model, proposed } from '../model/session.js';
import { ends } from '../styles/ends.js';
import { source, target } from '../direction.js';
import { seed, setStyle, style, styleDim } from '../styles/style.js';
import { chosenSide } from '../translate/side.js';
import { notify } from '../ui/notices.js';
import { isView, view } from '../view.js';
import { faultsIn, formatHash, type LinkState, parseHash } from './hash.js';
import { isLanguage, linkedLanguage, takeLinkedLanguage } from '../language.js';
import { words } from '../words/words.js';

/** Browsers refuse an address that changes at every move of a slider. */
const WAIT_MS = 300;

/** What the page shows, as a link says it. */
function current(): LinkState {
  const choice = loading.value?.choice ?? model.value?.choice ?? proposed.value;
  return {
    view: view.value === 'translate' ? undefined : view.value,
    model: settling > 0 || choice === undefined ? parseHash(location.hash).model : toLink(choice),
    // One that is not here yet is not forgotten: the images of earlier visits come after the page.
    image: chosen.value[source.value] ?? image.value.id,
    to: target.value,
    style: style.value.length === 0 ? parseHash(location.hash).style : style.value,
    seed: seed.value,
    side: chosenSide.value,
    device: deviceWish.value === 'auto' ? undefined : deviceWish.value,
    lang: linkedLanguage.value,
    start: view.value === 'morph' ? ends.value?.start : undefined,
    end: view.value === 'morph' ? ends.value?.end : undefined,
  };
}

let timer: ReturnType<typeof setTimeout> | undefined;
/** Links whose model is not loaded yet: until then the address stays theirs, and no entry follows it. */
let settling = 0;
/** The choices of the entry that the browser's history is at; undefined before the first. */
let entry: string | undefined;

/** What people go back to: a view, a model, an image, a direction. Styles change too often; their own undo is for them. */
const choicesOf = ({ view: shown = 'translate', model: named, image: picture, to }: LinkState): string => JSON.stringify([shown, named, picture, to]);

function write(state: LinkState): void {
  clearTimeout(timer);
  const address = `${location.pathname}${location.search}${formatHash(state)}`;
  const choices = choicesOf(state);
  if (entry === undefined || entry === choices || settling > 0) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  entry = choices;
}

/** Longer ones are cut by some programs that links are sent with. */
const LONGEST_LINK = 8000;

/** Writes the address now. @returns it, with the drawing where one is chosen and fits */
export function flushLink(): { readonly address: string; readonly holdsImage: boolean } {
  write(current());
  const { strokes = '' } = findOwn(image.peek().id) ?? {};
  const whole = `${location.origin}${location.pathname}${location.search}${formatHash({ ...current(), drawing: strokes, image: undefined })}`;
  const fits = strokes !== '' && whole.length <= LONGEST_LINK;
  return { address: fits ? whole : location.href, holdsImage: fits || !isOwn(image.peek()) };
}

/** Takes over what the address says. @returns the model that it names */
export function openLink(): LinkedModel {
  const state = parseHash(location.hash);
  const linked = fromLink(state.model);
  view.value = isView(state.view) ? state.view : 'translate';
  if (state.to !== undefined) target.value = state.to;
  if (state.seed !== undefined) seed.value = state.seed;
  chosenSide.value = state.side;
  if (state.device === 'webgpu' || state.device === 'simd') deviceWish.value = state.device satisfies DeviceWish;
  if (state.image !== undefined && state.drawing === undefined) choose(state.image);
  if (state.drawing !== undefined) void openDrawing(state.drawing);
  if (state.style !== undefined) setStyle(state.style);
  if (state.start !== undefined && state.end !== undefined) ends.value = { start: state.start, end: state.end };
  if (isLanguage(state.lang)) takeLinkedLanguage(state.lang);
  const faults = faultsIn(location.hash);
  if (faults.length > 0) notify(words.peek().link.faults(faults.join(', ')), 'error');
  if (state.image !== undefined) void warnIfMissing(state.image);
  if (state.style !== undefined) warnIfOfAnother(state.style.length);
  return linked;
}

/** Images of the user's own are there only if this browser has kept them. */
async function warnIfMissing(id: string): Promise<void> {
  await imagesRestored();
  if (isOwn({ id }) ? findOwn(id) !== undefined : isSample(id)) return;
  if (isOwn({ id })) notify(words.peek().link.notHere(nameOfId(id)), 'error');
  else notify(words.peek().link.noImage(id), 'error');
  chosen.value = {};
}

/** The images of earlier visits come first: the drawing may be one of them. */
async function openDrawing(text: string): Promise<void> {
  await imagesRestored();
  const id = await takeDrawing(text);
  if (id === undefined) notify(words.peek().link.noDrawing, 'error');
  else choose(id);
}

/** A style is for models with as many numbers. */
function warnIfOfAnother(length: number): void {
  const stop = effect(() => {
    if (model.value === undefined || loading.value !== undefined) return;
    const { noStyle, otherStyle } = words.peek().link;
    if (styleDim.value !== length) notify(styleDim.value === 0 ? noStyle(length) : otherStyle(length, styleDim.value), 'error');
    queueMicrotask(() => stop());
  });
}

/** Loads what a link names, during which the address stays the link's. */
export async function follow(linked: LinkedModel): Promise<void> {
  settling += 1;
  try {
    await loadLinked(linked);
  } finally {
    settling -= 1;
    if (settling === 0) {
      entry = undefined;
      write(current());
    }
  }
}

/** Keeps address and state together. @returns a function that ends that */
export function startLink(): () => void {
  const end = effect(() => {
    const state = current();
    clearTimeout(timer);
    // What people go back to is an entry of its own, however soon the next one follows.
    if (settling === 0 && entry !== undefined && choicesOf(state) !== entry) write(state);
    else timer = setTimeout(() => write(state), WAIT_MS);
  });
  const changed = (): void => {
    clearTimeout(timer);
    settling += 1;
    const linked = openLink();
    settling -= 1;
    const now = model.peek()?.choice;
    if (linked === undefined || (now !== undefined && linked.kind !== 'unknown' && linkOf(linked) === toLink(now))) {
      entry = undefined;
      write(current());
    } else void follow(linked);
  };
  globalThis.addEventListener('hashchange', changed);
  return () => {
    end();
    globalThis.removeEventListener('hashchange', changed);
  };
}

const linkOf = (linked: Exclude<LinkedModel, undefined>): string => (linked.kind === 'elsewhere' ? `file:${linked.name}` : linked.kind === 'unknown' ? linked.text : toLink(linked));
