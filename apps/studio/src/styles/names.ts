/** What the numbers of a style are called: people find out what each does, and write it down. */
import { computed, signal } from '@preact/signals';
import { target } from '../direction.js';
import { toLink } from '../model/choice.js';
import { model } from '../model/session.js';
import { words } from '../words/words.js';

const KEY = 'munit-studio-style-names';
/** Fits beside a slider. */
export const LONGEST_NAME = 12;

type Names = Readonly<Record<string, readonly string[]>>;

/** Storage may be blocked, or hold something else: then there are none. */
function stored(): Names {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const entries = Object.entries(read ?? {}) as [string, unknown][];
    return Object.fromEntries(entries.filter((entry): entry is [string, string[]] => Array.isArray(entry[1]) && entry[1].every((name) => typeof name === 'string')));
  } catch {
    return {};
  }
}

const all = signal(stored());
/** Names are of one model's numbers, in one direction. */
const place = computed(() => (model.value === undefined ? '' : `${toLink(model.value.choice)} ${target.value}`));

/** Empty where a number has none. */
export const givenNames = computed<readonly string[]>(() => all.value[place.value] ?? []);

export const sliderName = (index: number): string => givenNames.value[index] || words.value.style.slider(index + 1);

export function nameSlider(index: number, name: string): void {
  const names = Array.from({ length: Math.max(index + 1, givenNames.peek().length) }, (_, i) => (i === index ? name.trim().slice(0, LONGEST_NAME) : (givenNames.peek()[i] ?? '')));
  all.value = { ...all.peek(), [place.peek()]: names };
  try {
    localStorage.setItem(KEY, JSON.stringify(all.peek()));
  } catch {
    // Storage is blocked.
  }
}
