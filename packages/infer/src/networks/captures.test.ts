/** Which work is kept, by a device that only counts. */
import type { Device, Tensor } from '@munit/core';
import { beforeEach, expect, it } from 'vitest';
import { Captures, type RepeatedWork } from './captures.js';

/** The lengths of the inputs of captured work, in the order in which it was captured, as long as it is not disposed of. */
let alive: number[];
let captured: number;
let runs: string[];
/** Captured work takes as many bytes as its input is long. */
const device = {
  capture: ([input]: readonly Tensor[]) => {
    const length = input!.shape[0]!;
    alive.push(length);
    captured += 1;
    return { bytes: length, run: ([given]: readonly Tensor[]) => (runs.push('captured'), given), dispose: () => alive.splice(alive.indexOf(length), 1) };
  },
} as unknown as Device;

let captures: Captures;
beforeEach(() => {
  [alive, captured, runs] = [[], 0, []];
  captures = new Captures();
});

const vector = (length: number): Tensor => ({ shape: [length] }) as unknown as Tensor;
function use(length: number, how: Partial<RepeatedWork> = {}): void {
  const repeated: RepeatedWork = { name: 'encode', peakBytes: () => length, limitBytes: undefined, ...how };
  const input = vector(length);
  expect(captures.run(device, repeated, [input], ([given]) => (runs.push('directly'), given!))).toBe(input);
}

it('captures at the second use, by name and shape', () => {
  use(1);
  use(2);
  use(1, { name: 'decode' });
  expect(alive).toEqual([]);
  for (let i = 0; i < 3; i++) use(1);
  expect(alive).toEqual([1]);
  expect(runs).toEqual(['directly', 'directly', 'directly', 'captured', 'captured', 'captured']);
});

it('keeps those that were used last', () => {
  for (let length = 1; length <= 8; length++) for (let i = 0; i < 2; i++) use(length);
  use(1);
  for (let i = 0; i < 2; i++) use(9);
  expect(alive).toEqual([1, 3, 4, 5, 6, 7, 8, 9]);
  // What had to go has to come twice again.
  use(2);
  expect(alive).not.toContain(2);
  use(2);
  expect(alive).toEqual([1, 4, 5, 6, 7, 8, 9, 2]);
});

it('forgets what came once long ago', () => {
  use(1000);
  for (let length = 1; length <= 32; length++) use(length);
  use(1000);
  expect(alive).toEqual([]);
  use(1000);
  expect(alive).toEqual([1000]);
});

it('holds no more than the limit', () => {
  const limited = { limitBytes: 100 };
  for (const length of [40, 50, 30]) for (let i = 0; i < 2; i++) use(length, limited);
  expect(alive).toEqual([50, 30]);
  // Estimated as too much: not even tried.
  for (let i = 0; i < 4; i++) use(101, limited);
  expect(captured).toBe(3);
  // Estimated as less than it takes.
  for (let i = 0; i < 2; i++) use(102, { ...limited, peakBytes: () => 90 });
  expect(captured).toBe(4);
  expect(alive).toEqual([]);
  expect(runs.at(-1)).toBe('directly');
});

it('captures nothing that takes long on the GPU anyway', () => {
  for (let i = 0; i < 4; i++) use(1, { peakBytes: () => 2 ** 29 + 1 });
  expect(captured).toBe(0);
});

it('gives back what it holds, and captures no more when memory has run out', () => {
  for (const length of [1, 2]) for (let i = 0; i < 2; i++) use(length);
  captures.dispose();
  expect(alive).toEqual([]);
  for (let i = 0; i < 2; i++) use(1);
  expect(captures.giveUp()).toBe(true);
  expect(alive).toEqual([]);
  for (let i = 0; i < 3; i++) use(1);
  expect(alive).toEqual([]);
  expect(captures.giveUp()).toBe(false);
});
