/** One stop for the Tab key in a group of buttons: arrow keys move within it. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface Roving<T extends HTMLElement> {
  readonly ref: RefObject<T | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocusIn: (event: FocusEvent) => void;
}

const buttonsIn = (group: HTMLElement): HTMLButtonElement[] => [...group.querySelectorAll('button')];

function stopAt(group: HTMLElement, one: HTMLElement | undefined): void {
  for (const button of buttonsIn(group)) button.tabIndex = button === one ? 0 : -1;
}

/** In the row above or below the one that is nearest sideways. */
function beside(buttons: readonly HTMLElement[], from: HTMLElement, by: 1 | -1): HTMLElement | undefined {
  const { top, left } = from.getBoundingClientRect();
  const rows = buttons.map((button) => ({ button, box: button.getBoundingClientRect() })).filter(({ box }) => (by > 0 ? box.top > top + 2 : box.top < top - 2));
  const next = by > 0 ? Math.min(...rows.map(({ box }) => box.top)) : Math.max(...rows.map(({ box }) => box.top));
  return rows.filter(({ box }) => Math.abs(box.top - next) < 2).reduce<(typeof rows)[number] | undefined>((best, one) => (best === undefined || Math.abs(one.box.left - left) < Math.abs(best.box.left - left) ? one : best), undefined)?.button;
}

/** For the element around the buttons. The stop is where the focus was last; else at what is chosen; else at the first. */
export function useRoving<T extends HTMLElement>(): Roving<T> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const group = ref.current;
    if (group === null) return;
    const buttons = buttonsIn(group);
    const stops = buttons.filter(({ tabIndex }) => tabIndex === 0);
    if (stops.length !== 1) stopAt(group, buttons.find((button) => button.getAttribute('aria-pressed') === 'true') ?? buttons[0]);
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const group = ref.current;
    if (group === null || !(event.target instanceof HTMLButtonElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const buttons = buttonsIn(group);
    const at = buttons.indexOf(event.target);
    const here = event.target;
    const moves: Readonly<Record<string, (() => HTMLElement | undefined) | undefined>> = {
      ArrowRight: () => buttons[at + 1],
      ArrowLeft: () => buttons[at - 1],
      ArrowDown: () => beside(buttons, here, 1),
      ArrowUp: () => beside(buttons, here, -1),
      Home: () => buttons[0],
      End: () => buttons.at(-1),
    };
    const next = moves[event.key]?.();
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  };
  const onFocusIn = ({ target }: FocusEvent): void => {
    if (ref.current !== null && target instanceof HTMLButtonElement) stopAt(ref.current, target);
  };
  return { ref, onKeyDown, onFocusIn };
}
