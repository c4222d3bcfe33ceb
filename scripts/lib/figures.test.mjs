import { expect, it } from 'vitest';
import { figuresTable } from './figures.mjs';

const evaluation = {
  sections: [
    { protocol: 'diversity', to: 'b', figures: [{ name: 'LPIPS', value: 0.123456, interval: { low: 0.11, high: 0.14 } }] },
    { protocol: 'synthetic', figures: [{ name: 'content IoU', value: 0.95 }, { name: 'modes', value: Number.NaN }] },
  ],
};

it.each([
  ['a model', evaluation],
  ['a run', { step: 6000, evaluation }],
])('the figures of %s, protocol by protocol', (_, printed) => {
  expect(figuresTable(printed).split('\n').slice(2)).toEqual(['| diversity to B | LPIPS | 0.1235 | 0.11 to 0.14 |', '| synthetic | content IoU | 0.95 |  |', '| synthetic | modes | – |  |']);
});
