import { describe, expect, it } from 'vitest';
import { ArgumentError } from './errors/index.js';
import { checkInteger, checkKeys, checkOneOf, checkOptions, nearestName, shownValue } from './options.js';

/** What JSON and YAML can hold, and `String` cannot say. */
const unspeakable = JSON.parse('{ "toString": 1, "valueOf": null }') as unknown;

describe('checks of options', () => {
  it('let valid ones pass', () => {
    checkInteger('f', 'count', 1, 1);
    checkOneOf('f', 'upsample', 2, [1, 2]);
    checkKeys('f', { size: 1 }, ['size', 'seed']);
    checkOptions<{ size?: number; seed?: number | undefined }>('f', { size: 1, seed: undefined }, { size: true, seed: true });
  });

  it.each<[what: string, run: () => void, message: string]>([
    ['too small a number', () => checkInteger('f', 'count', 0, 1), "f: 'count' must be a whole number of at least 1, but it is 0. Set 'count' to such a number, 1 for example."],
    ['a fraction', () => checkInteger('f', 'count', 1.5, 1), "f: 'count' must be a whole number of at least 1, but it is 1.5."],
    ['not a number', () => checkInteger('f', 'count', NaN, 0), "f: 'count' must be a whole number of at least 0, but it is NaN."],
    ['an unknown choice', () => checkOneOf('f', 'mode', 'mirror', ['reflect', 'zero']), "f: 'mode' must be one of reflect, zero, but it is 'mirror'. Set 'mode' to one of these values."],
    ['a choice left out', () => checkOneOf('f', 'mode', undefined as unknown as string, ['zero']), "f: 'mode' must be one of zero, but it is 'undefined'."],
    ['data that has no string', () => checkOneOf('f', 'mode', unspeakable as string, ['zero']), `f: 'mode' must be one of zero, but it is '{"toString":1,"valueOf":null}'.`],
    ['data for a number', () => checkInteger('f', 'count', unspeakable as number, 0), `f: 'count' must be a whole number of at least 0, but it is {"toString":1,"valueOf":null}.`],
    ['a misspelt option', () => checkKeys('f', { sise: 1 }, ['size', 'seed']), "f: there is no option 'sise'. Did you mean 'size'? Known options: size, seed."],
    ['an option of something else', () => checkKeys('f', { background: 1 }, ['size', 'seed']), "f: there is no option 'background'. Known options: size, seed."],
    ['a misspelt option of a table', () => checkOptions<{ seed?: number }>('f', { sede: 1 } as object, { seed: true }), "f: there is no option 'sede'. Did you mean 'seed'? Known options: seed."],
    ['a number in place of options', () => checkOptions<{ seed?: number }>('f', 4 as never, { seed: true }), 'f: the options must be an object, but 4 came. Known options: seed.'],
    ['null in place of options', () => checkOptions<{ seed?: number }>('f', null as never, { seed: true }), 'f: the options must be an object, but null came. Known options: seed.'],
    ['a list in place of options', () => checkOptions<{ seed?: number }>('f', [4] as never, { seed: true }), 'f: the options must be an object, but [4] came. Known options: seed.'],
  ])('refuse %s, and say what to do', (_, run, message) => {
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(message);
  });
});

describe('nearestName', () => {
  it.each([
    ['stlyes', 'styles'], ['style', 'styles'], ['devcie', 'device'], ['Seed', 'seed'], ['too', 'to'], ['onprogress', 'onProgress'],
    // As near as many others, and in no way alike.
    ['foo', undefined], ['x', undefined], ['background', undefined], ['', undefined],
  ])('of %s is %s', (given, meant) => {
    expect(nearestName(given, ['to', 'seed', 'styles', 'device', 'onProgress'])).toBe(meant);
  });
});

describe('shownValue', () => {
  it('says any value', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect([NaN, -0.5, 'a', true, undefined, null, 1n, Symbol('s'), [1, 'a'], unspeakable, Math.max, circle].map(shownValue)).toEqual([
      'NaN', '-0.5', 'a', 'true', 'undefined', 'null', '1', 'Symbol(s)', '[1,"a"]', '{"toString":1,"valueOf":null}', 'a function', 'an object that contains itself',
    ]);
  });
});
