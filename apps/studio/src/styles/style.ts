/** The style in use, one for each direction. */
import { computed, signal } from '@preact/signals';
import { sampleStyles } from '@munit/infer';
import { model } from '../model/session.js';
import { type Code, rounded, withLocks } from './codes.js';
import { target } from '../direction.js';

/** Random styles of the grid: one seed, the same styles. */
export const seed = signal(1);
export const VARIATIONS = 12;

/** Length of the model's style codes; 0 without a model, and for one without styles. */
export const styleDim = computed(() => model.value?.translator.styleDim ?? 0);

const codes = { a: signal<Code>([]), b: signal<Code>([]) };
const held = signal<readonly boolean[]>([]);
/** Locks are of one model's numbers. */
export const locks = computed(() => (held.value.length === styleDim.value ? held.value : []));

export const style = computed<Code>(() => {
  const code = codes[target.value].value;
  return code.length === styleDim.value ? code : (randomCodes(styleDim.value, 1, seed.value)[0] ?? []);
});

/** Which image the style was taken from, while it has not been changed since. */
export const example = signal<string | undefined>(undefined);

export function setStyle(code: Code, from?: string): void {
  codes[target.peek()].value = code;
  example.value = from;
}

/** All of it, to come back to. */
export interface StyleState {
  readonly a: Code;
  readonly b: Code;
  readonly example: string | undefined;
  readonly locks: readonly boolean[];
}

export const styleState = computed<StyleState>(() => ({ a: codes.a.value, b: codes.b.value, example: example.value, locks: held.value }));

export function setStyleState(state: StyleState): void {
  codes.a.value = state.a;
  codes.b.value = state.b;
  example.value = state.example;
  held.value = state.locks;
}

/** The styles that a seed stands for. */
export function randomCodes(dim: number, count: number, from: number): Code[] {
  return dim === 0 ? [] : sampleStyles(dim, count, from).map(rounded);
}

/** The grid's styles: random where nothing is locked. */
export const variations = computed<readonly Code[]>(() => {
  const kept = locks.value.includes(true) ? style.value : [];
  return randomCodes(styleDim.value, VARIATIONS, seed.value).map((code) => withLocks(code, kept, locks.value));
});

export const freshSeed = (): number => Math.floor(Math.random() * 1e6);

export function randomStyle(): void {
  const [code] = randomCodes(styleDim.peek(), 1, freshSeed());
  if (code !== undefined) setStyle(withLocks(code, style.peek(), locks.peek()));
}

/** To the middle of all styles. */
export function resetStyle(): void {
  setStyle(withLocks(Array.from({ length: styleDim.peek() }, () => 0), style.peek(), locks.peek()));
}

export function toggleLock(index: number): void {
  held.value = Array.from({ length: styleDim.peek() }, (_, i) => (locks.peek()[i] === true) !== (i === index));
}
