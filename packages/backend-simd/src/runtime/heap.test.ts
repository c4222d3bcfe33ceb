import { expect, it } from 'vitest';
import { createHeap } from './heap.js';

/** A heap over addresses 64..end that can grow to `limit`. */
function heapTo(end: number, limit = end): ReturnType<typeof createHeap> {
  let now = end;
  return createHeap(64, end, (bytes) => (now + bytes > limit ? undefined : (now += bytes)));
}

it('reuses what was freed and joins neighbours', () => {
  const heap = heapTo(64 + 3 * 1024);
  const blocks = [heap.allocate(1024), heap.allocate(1000), heap.allocate(1024)];
  expect(heap.allocate(1)).toBe(undefined);
  for (const block of [blocks[0]!, blocks[2]!, blocks[1]!]) heap.free(block);
  expect(heap.used).toBe(0);
  expect(heap.allocate(3 * 1024)).toBe(64);
});

it('grows, and takes the free tail into account', () => {
  const heap = heapTo(1024, 4096);
  expect(heap.allocate(2048)).toBe(64);
  expect(heap.allocate(4096)).toBe(undefined);
  expect(heap.allocate(4096 - 64 - 2048)).toBe(64 + 2048);
});

it('never hands out overlapping blocks, and gives everything back', () => {
  const heap = heapTo(1 << 16, 1 << 24);
  let seed = 1;
  const next = (n: number): number => (seed = (seed * 48271) % 0x7fffffff) % n;
  const live: { at: number; size: number }[] = [];
  for (let i = 0; i < 5000; i++) {
    if (live.length > 60 || (live.length > 0 && next(2) === 0)) {
      heap.free(live.splice(next(live.length), 1)[0]!.at);
      continue;
    }
    const size = 1 + next(20_000);
    const at = heap.allocate(size)!;
    expect(at % 64).toBe(0);
    for (const other of live) expect(at + size <= other.at || other.at + other.size <= at).toBe(true);
    live.push({ at, size });
  }
  live.forEach(({ at }) => heap.free(at));
  expect(heap.used).toBe(0);
});
