/** Single keys for what is done often; they can be switched off, for people whose keys are pressed by a voice. */
import { signal } from '@preact/signals';
import { openPad } from './draw/drawing.js';
import { source, swap } from './direction.js';
import { model } from './model/session.js';
import { freshSeed, randomStyle, resetStyle, seed } from './styles/style.js';
import { notifyError } from './ui/notices.js';
import { view, views } from './view.js';
import { words } from './words/words.js';

interface Shortcut {
  readonly key: string;
  readonly label: () => string;
  readonly run: () => void;
}

export const shortcutsOpen = signal(false);

function draw(): void {
  view.value = 'translate';
  openPad().catch(notifyError);
}

/** As the list shows them. */
export const shortcuts: readonly Shortcut[] = [
  { key: 'd', label: () => words.value.keys.draw, run: draw },
  { key: 'n', label: () => words.value.keys.newStyles, run: () => (seed.value = freshSeed()) },
  { key: 'r', label: () => words.value.keys.randomStyle, run: randomStyle },
  { key: '0', label: () => words.value.keys.averageStyle, run: resetStyle },
  { key: 's', label: () => words.value.keys.swap, run: () => void (model.peek()?.translator.makes(source.peek()) === true && swap()) },
  ...views.map((id, i) => ({ key: String(i + 1), label: () => words.value.page.view[id], run: () => void (view.value = id) })),
  { key: '?', label: () => words.value.keys.list, run: () => (shortcutsOpen.value = true) },
];

/** Keys that are there anyway. */
export function otherKeys(): readonly (readonly [keys: string, label: string])[] {
  const { common, keys } = words.value;
  return [
    ['Ctrl+Z', common.undo],
    ['Ctrl+Shift+Z', common.redo],
    [keys.arrowKeys, keys.arrows],
    [keys.escapeKey, keys.escape],
  ];
}

const KEY = 'munit-studio-keys';

/** Storage may be blocked: then they are on. */
function areOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export const shortcutsOn = signal(areOn());

export function switchShortcuts(on: boolean): void {
  shortcutsOn.value = on;
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage is blocked.
  }
}

/** Where letters are written, keys are letters. */
const writes = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches('input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable]');

export function startShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target) || document.querySelector('dialog[open]') !== null) return;
    const found = shortcuts.find(({ key }) => key === event.key.toLowerCase());
    // The list itself can always be opened by its button.
    if (found === undefined || !shortcutsOn.peek()) return;
    event.preventDefault();
    found.run();
  });
}
