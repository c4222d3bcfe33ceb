import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from './hash.js';

afterEach(() => vi.unstubAllGlobals());

describe('sha256', () => {
  it('is that of FIPS 180-2', async () => {
    expect(await sha256(new TextEncoder().encode('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each([['on a page over plain HTTP', {}], ['in Node 18', undefined]])('says what is missing %s', async (_, crypto) => {
    vi.stubGlobal('crypto', crypto);
    await expect(sha256(new Uint8Array(1))).rejects.toThrow(/no Web Crypto.*HTTPS.*Node, use version 20\.19/);
  });
});
