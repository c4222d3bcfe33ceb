import { describe, expect, it } from 'vitest';
import { ArgumentError } from './errors/index.js';
import { checkInteger, checkKeys, checkOneOf } from './options.js';

describe('checks of options', () => {
  it('let valid ones pass', () => {
    checkInteger('f', 'count', 1, 1);
    checkOneOf('f', 'upsample', 2, [1, 2]);
    checkKeys('f', { size: 1 }, ['size', 'seed']);
  });

  it.each<[what: string, run: () => void, message: string]>([
    ['too small a number', () => checkInteger('f', 'count', 0, 1), "f: 'count' must be a whole number of at least 1, but it is 0. Set 'count' to such a number, 1 for example."],
    ['a fraction', () => checkInteger('f', 'count', 1.5, 1), "f: 'count' must be a whole number of at least 1, but it is 1.5."],
    ['not a number', () => checkInteger('f', 'count', NaN, 0), "f: 'count' must be a whole number of at least 0, but it is NaN."],
    ['an unknown choice', () => checkOneOf('f', 'mode', 'mirror', ['reflect', 'zero']), "f: 'mode' must be one of reflect, zero, but it is 'mirror'. Set 'mode' to one of these values."],
    ['a choice left out', () => checkOneOf('f', 'mode', undefined as unknown as string, ['zero']), "f: 'mode' must be one of zero, but it is 'undefined'."],
    ['a misspelt option', () => checkKeys('f', { sise: 1 }, ['size', 'seed']), "f: there is no option 'sise'. Known are size, seed."],
  ])('refuse %s, and say what to do', (_, run, message) => {
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(message);
  });
});
