import { expect, it } from 'vitest';
import { paintStroke, type Stroke } from './strokes.js';

/** Writes down what is called. */
function recorder(): { readonly context: Parameters<typeof paintStroke>[0]; readonly calls: string[] } {
  const calls: string[] = [];
  const note = (name: string) => (...args: number[]) => void calls.push([name, ...args].join(' '));
  const context = Object.fromEntries(['beginPath', 'moveTo', 'lineTo', 'arc', 'fill', 'stroke'].map((name) => [name, note(name)]));
  return { context: context as unknown as Parameters<typeof paintStroke>[0], calls };
}

const stroke: Stroke = { width: 8, colour: '#000000', points: [{ x: 1, y: 2 }, { x: 3, y: 4 }, { x: 5, y: 6 }] };

it('paints a line through all points, or only what is new of it', () => {
  const whole = recorder();
  paintStroke(whole.context, stroke);
  expect(whole.calls).toEqual(['beginPath', 'moveTo 1 2', 'lineTo 3 4', 'lineTo 5 6', 'stroke']);
  const more = recorder();
  paintStroke(more.context, stroke, 2);
  expect(more.calls).toEqual(['beginPath', 'moveTo 3 4', 'lineTo 5 6', 'stroke']);
});

it('leaves a dot as wide as the pen where it is tapped', () => {
  const { context, calls } = recorder();
  paintStroke(context, { ...stroke, points: [{ x: 1, y: 2 }] });
  expect(calls).toEqual(['beginPath', `arc 1 2 4 0 ${2 * Math.PI}`, 'fill']);
  expect(context.fillStyle).toBe('#000000');
});
