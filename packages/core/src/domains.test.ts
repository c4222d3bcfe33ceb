import { describe, expect, it } from 'vitest';
import { type Domain, domains, otherDomain, perDomain } from './domains.js';

describe('domains', () => {
  it('perDomain makes a value for a first, and then for b', () => {
    const asked: Domain[] = [];
    const made = perDomain((domain) => {
      asked.push(domain);
      return domain.toUpperCase();
    });
    expect(made).toEqual({ a: 'A', b: 'B' });
    expect(asked).toEqual([...domains]);
  });

  it('otherDomain is its own inverse and has no fixed point', () => {
    for (const domain of domains) {
      expect(otherDomain(domain)).not.toBe(domain);
      expect(otherDomain(otherDomain(domain))).toBe(domain);
    }
  });
});
