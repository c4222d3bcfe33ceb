import { describe, expect, it } from 'vitest';
import { publishable } from '../lib/workspace.mjs';
import { dependenciesFirst } from './publish.mjs';

/** @param {string} name @param {Record<string, string>} [dependencies] */
const one = (name, dependencies = {}) => ({ manifest: { name, version: '1.0.0', dependencies } });

describe('the order of publication', () => {
  it('puts dependencies before what needs them', () => {
    const ordered = dependenciesFirst([one('cli', { infer: '^1.0.0', sharp: '1' }), one('infer', { core: '^1.0.0' }), one('core')]);
    expect(ordered.map(({ manifest }) => manifest.name)).toEqual(['core', 'infer', 'cli']);
  });

  it('refuses a circle by its names', () => {
    expect(() => dependenciesFirst([one('a', { b: '1' }), one('b', { a: '1' })])).toThrow('a → b → a depend on one another.');
  });

  it('is complete for this workspace', () => {
    const packages = publishable();
    expect(dependenciesFirst(packages).map(({ folder }) => folder).sort()).toEqual(packages.map(({ folder }) => folder).sort());
  });
});
