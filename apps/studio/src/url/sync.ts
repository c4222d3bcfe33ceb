/** The address follows the state, and the state follows an address that is opened. */
import { effect } from '@preact/signals';
import { choose, image } from '../image/library.js';
import { imagesRestored } from '../image/kept.js';
import { fromLink, toLink } from '../model/choice.js';
import { type DeviceWish, deviceWish, loadLinked, model } from '../model/session.js';
import { ends } from '../styles/ends.js';
import { target } from '../direction.js';
import { seed, setStyle, style } from '../styles/style.js';
import { chosenSide } from '../translate/side.js';
import { notify } from '../ui/notices.js';
import { isView, view } from '../view.js';
import { formatHash, type LinkState, parseHash } from './hash.js';

/** Browsers refuse an address that changes at every move of a slider. */
const WAIT_MS = 300;

/** What the page shows, as a link says it. */
function current(): LinkState {
  const loaded = model.value;
  return {
    view: view.value === 'translate' ? undefined : view.value,
    model: loaded === undefined ? parseHash(location.hash).model : toLink(loaded.choice),
    image: image.value.id,
    to: target.value,
    style: style.value.length === 0 ? undefined : style.value,
    seed: seed.value,
    side: chosenSide.value,
    device: deviceWish.value === 'auto' ? undefined : deviceWish.value,
    start: view.value === 'morph' ? ends.value?.start : undefined,
    end: view.value === 'morph' ? ends.value?.end : undefined,
  };
}

let timer: ReturnType<typeof setTimeout> | undefined;

const write = (state: LinkState): void => history.replaceState(null, '', `${location.pathname}${location.search}${formatHash(state)}`);

/** Writes the address now. @returns it */
export function flushLink(): string {
  clearTimeout(timer);
  write(current());
  return location.href;
}

/** Takes over what the address says. @returns the model that it names */
export function openLink(): ReturnType<typeof fromLink> {
  const state = parseHash(location.hash);
  const linked = fromLink(state.model);
  if (isView(state.view)) view.value = state.view;
  if (state.to !== undefined) target.value = state.to;
  if (state.seed !== undefined) seed.value = state.seed;
  if (state.side !== undefined) chosenSide.value = state.side;
  if (state.device === 'webgpu' || state.device === 'simd') deviceWish.value = state.device satisfies DeviceWish;
  if (state.image !== undefined) choose(state.image);
  if (state.image !== undefined) void warnIfMissing(state.image);
  if (state.style !== undefined) setStyle(state.style);
  if (state.start !== undefined && state.end !== undefined) ends.value = { start: state.start, end: state.end };
  return linked;
}

/** Images of the user's own are there only if this browser has kept them. */
async function warnIfMissing(id: string): Promise<void> {
  await imagesRestored();
  if (id.startsWith('file:') && image.peek().id !== id) notify(`The image “${id.slice(5)}” is not on this machine, or no longer kept: choose one of yours.`);
}

/** Keeps address and state together. @returns a function that ends that */
export function startLink(): () => void {
  const end = effect(() => {
    const state = current();
    clearTimeout(timer);
    timer = setTimeout(() => write(state), WAIT_MS);
  });
  const changed = (): void => {
    clearTimeout(timer);
    const before = model.peek();
    const linked = openLink();
    if (linked === undefined) return;
    if (before === undefined || toLink(before.choice) !== toLink(linked)) void loadLinked(linked);
  };
  globalThis.addEventListener('hashchange', changed);
  return () => {
    end();
    globalThis.removeEventListener('hashchange', changed);
  };
}
