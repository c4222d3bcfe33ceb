import { describe, expect, it } from 'vitest';
import { publishable } from '../lib/workspace.mjs';
import { addressFields, parseAddress, repositoryAddress, withAddress } from './address.mjs';

const address = 'https://example.org/owner/munit';

describe('the address of the repository', () => {
  it('gives a package its repository with directory, its page and its issues', () => {
    expect(addressFields(address, 'packages/x')).toEqual({
      repository: { type: 'git', url: 'git+https://example.org/owner/munit.git', directory: 'packages/x' },
      homepage: 'https://example.org/owner/munit/tree/main/packages/x#readme',
      bugs: 'https://example.org/owner/munit/issues',
    });
  });

  it('comes after the author, in place of what was there; without an address it goes', () => {
    const manifest = { name: '@munit/x', author: 'The munit authors', homepage: 'https://old.example', type: 'module' };
    expect(Object.keys(withAddress(manifest, address, 'packages/x'))).toEqual(['name', 'author', 'repository', 'homepage', 'bugs', 'type']);
    expect(withAddress(manifest, undefined, 'packages/x')).toEqual({ name: '@munit/x', author: 'The munit authors', type: 'module' });
  });

  it('is absent where it is empty, and refused where it is no address', () => {
    expect([undefined, ''].map(parseAddress)).toEqual([undefined, undefined]);
    expect([address, `${address}/`, `git+${address}.git`].map(parseAddress)).toEqual([address, address, address]);
    for (const wrong of ['owner/munit', 'https://', 'http://example.org/owner/munit', { type: 'git', url: '' }]) expect(() => parseAddress(wrong), String(wrong)).toThrow(/must be a text such as/);
  });

  it.each(publishable())('is in $folder as in the root', ({ folder, manifest }) => {
    expect(manifest).toEqual(withAddress({ ...manifest }, repositoryAddress(), folder));
  });
});
