import { describe, expect, it } from 'vitest';
import { openLedger } from '../ledger.mjs';
import { mutateJson, mutateText, withHeader } from './text.mjs';

/** As much of a source of random numbers as is used. @param {number} seed */
function random(seed) {
  // Neighbouring seeds far apart.
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return /** @type {import('../library.js').Rng} */ (/** @type {unknown} */ ({ uniform, integer: (/** @type {number} */ count) => Math.floor(uniform() * count) }));
}

const original = { step: 3, terms: { a: 1, b: [1, 2, { c: 'x' }] }, name: 'shoes' };

describe('damage to JSON', () => {
  it('is the same for the same seed, leaves the original alone, and always changes or repeats it as valid JSON', () => {
    const before = JSON.stringify(original);
    const all = Array.from({ length: 2000 }, (_, seed) => JSON.stringify(mutateJson(original, random(seed))));
    expect(all).toEqual(Array.from({ length: 2000 }, (_, seed) => JSON.stringify(mutateJson(original, random(seed)))));
    expect(JSON.stringify(original)).toBe(before);
    for (const text of all) expect(JSON.stringify(JSON.parse(text))).toBe(text);
    expect(new Set(all).size).toBeGreaterThan(1000);
    expect(all.some((text) => text.includes('"__proto__":'))).toBe(true);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('0');
  });

  it('also comes as bytes that are no JSON', () => {
    const how = { parse: JSON.parse, print: JSON.stringify, mutate: () => Uint8Array.of(0x7b) };
    const texts = Array.from({ length: 200 }, (_, seed) => new TextDecoder().decode(mutateText(JSON.stringify(original), { ...how, rng: random(seed) })));
    expect(texts.filter((text) => text === '{').length).toBeGreaterThan(50);
    expect(texts.filter((text) => text !== '{').length).toBeGreaterThan(50);
  });

  it('keeps the length of a tensor file’s header true, and the tensors in their place', () => {
    const header = new TextEncoder().encode('{"a":1}');
    const file = new Uint8Array(8 + header.length + 3);
    file[0] = header.length;
    file.set(header, 8);
    file.set([7, 8, 9], 8 + header.length);
    const changed = withHeader(file, (text) => new TextEncoder().encode(`${text}  `));
    expect([...changed]).toEqual([header.length + 2, 0, 0, 0, 0, 0, 0, 0, ...header, 32, 32, 7, 8, 9]);
  });
});

describe('a ledger', () => {
  it('names the command that repeats a failure', () => {
    const ledger = openLedger({ campaign: 'mutants', seed: 5, total: 100, from: 40, reproduce: ' --only yaml' });
    ledger.tried(40);
    ledger.count('loaded');
    ledger.most('slowest, ms', 7);
    ledger.most('slowest, ms', 3);
    ledger.fail(40, 'broken');
    expect(ledger.summary()).toEqual({
      campaign: 'mutants',
      seed: 5,
      tries: 1,
      counts: { loaded: 1, 'slowest, ms': 7 },
      failures: 1,
      failed: [{ trial: 40, what: 'broken', reproduce: 'npm run campaign -- mutants --seed 5 --from 40 --count 1 --only yaml' }],
      complete: false,
      next: 41,
      seconds: 0,
    });
  });
});
