import { expect, it } from 'vitest';
import { packStrokes, simplified, unpackStrokes } from './packed.js';

it('leaves out what makes no difference, and keeps corners and ends', () => {
  const line = Array.from({ length: 101 }, (_, i) => ({ x: i, y: 20 + 0.1 * (i % 2) }));
  expect(simplified(line)).toEqual([{ x: 0, y: 20 }, { x: 100, y: 20 }]);
  expect(simplified([{ x: 0, y: 0 }, { x: 50.1, y: 0 }, { x: 50.1, y: 30.4 }])).toEqual([{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 50, y: 30.5 }]);
  expect(simplified([{ x: 3.3, y: 4 }])).toEqual([{ x: 3.25, y: 4 }]);
  // A circle: chords that stay within the tolerance span 0.187 rad, of which 34 are enough; halving leaves at most twice as many.
  const circle = Array.from({ length: 200 }, (_, i) => ({ x: 128 + 80 * Math.cos((Math.PI * i) / 100), y: 128 + 80 * Math.sin((Math.PI * i) / 100) }));
  const kept = simplified(circle);
  expect(kept.length).toBeLessThan(70);
  for (const { x, y } of kept) expect(Math.abs(Math.hypot(x - 128, y - 128) - 80)).toBeLessThan(0.2);
});

it('comes back from text as it was, in hardly more letters than points', () => {
  const strokes = [
    { width: 8, colour: '#000000', points: [{ x: 10, y: 20.25 }, { x: 255.75, y: 0 }, { x: -3, y: 260 }] },
    { width: 24, colour: '#ffffff', points: [{ x: 128, y: 128 }] },
    { width: 40, colour: '#c0ffee', points: Array.from({ length: 100 }, (_, i) => ({ x: i, y: 2 * i })) },
  ];
  const text = packStrokes(strokes);
  expect(text).toMatch(/^[\w-]+$/);
  expect(unpackStrokes(text)).toEqual(strokes);
  expect(text.length).toBeLessThan(330);
  expect(unpackStrokes(packStrokes([]))).toEqual([]);
});

it.each(['', '!', 'AAAA', 'AgEB', packStrokes([{ width: 8, colour: '#000000', points: [{ x: 1, y: 1 }, { x: 200, y: 200 }] }]).slice(0, -3)])('refuses text that is something else: %s', (text) => {
  expect(unpackStrokes(text)).toBeUndefined();
});
