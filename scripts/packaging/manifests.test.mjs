import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { publishable } from '../lib/workspace.mjs';
import { manifestProblems } from './manifests.mjs';

const good = {
  name: '@munit/x',
  version: '1.0.0',
  license: 'Apache-2.0',
  author: 'The munit authors',
  keywords: ['munit', 'gan', 'x'],
  dependencies: { yaml: '^2.9.1', '@munit/core': '^1.0.0' },
  peerDependencies: { sharp: '>=0.34.0' },
  publishConfig: { provenance: true },
};

describe('a manifest as it is published', () => {
  it('has nothing wrong', () => {
    expect(manifestProblems(good, 'packages/x')).toEqual([]);
    expect(manifestProblems({ ...good, repository: { directory: 'packages/x' } }, 'packages/x')).toEqual([]);
  });

  it.each([
    ['an exact pin', { dependencies: { yaml: '2.9.1' } }, 'depends on exactly yaml 2.9.1'],
    ['an exact pin of a prerelease', { dependencies: { 'onnx-buf': '1.20.0-1' } }, 'depends on exactly onnx-buf 1.20.0-1'],
    ['a protocol of pnpm', { dependencies: { yaml: 'catalog:' } }, 'depends on yaml by catalog:'],
    ['no author', { author: '' }, 'names no author'],
    ['no keywords', { keywords: [] }, 'fewer than 3 keywords'],
    ['no licence', { license: '' }, 'names no licence'],
    ['no provenance', { publishConfig: {} }, 'without provenance'],
    ['a manifest that nobody can import', { exports: { '.': './dist/index.js' } }, 'does not export ./package.json'],
    ['another folder', { repository: { directory: 'packages/y' } }, 'it lies in packages/x'],
  ])('is refused with %s', (_, change, problem) => {
    expect(manifestProblems({ ...good, ...change }, 'packages/x')).toEqual([expect.stringContaining(problem)]);
  });
});

describe('the packages of this workspace', () => {
  const catalog = /^catalog:\n((?:(?: .*|#.*)?\n)+)/m.exec(readFileSync(inRoot('pnpm-workspace.yaml'), 'utf8'))?.[1] ?? '';
  const ranges = new Map([...catalog.matchAll(/^ {2}'?([^':\s]+)'?: '?([^'\n]+)'?$/gm)].map(([, name = '', range = '']) => [name, range]));

  it.each(publishable())('$folder is published as it should be', ({ folder, manifest }) => {
    const published = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [name, range === 'catalog:' ? (ranges.get(name) ?? range) : range.replace('workspace:^', '^1.0.0')]);
    const exports = manifest.publishConfig?.exports ?? manifest.exports ?? {};
    expect(manifestProblems({ ...manifest, exports, dependencies: Object.fromEntries(published) }, folder)).toEqual([]);
  });
});
