import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { newestEntry } from './inspect.mjs';
import { stage } from './stage.mjs';
import { fillEmptyEntries, waitingChangesets, withVersion } from './versions.mjs';

describe('changelogs and examples after a version', () => {
  it('a package without changes of its own says so', () => {
    const changelog = '# @munit/x\n\n## 0.1.1\n\n## 0.1.0\n\n### Minor Changes\n\n- First.\n';
    expect(fillEmptyEntries(changelog)).toBe('# @munit/x\n\n## 0.1.1\n\nReleased with the other packages of munit; nothing has changed here.\n\n## 0.1.0\n\n### Minor Changes\n\n- First.\n');
    expect(fillEmptyEntries('# @munit/x\n\n## 0.1.0\n')).toBe('# @munit/x\n\n## 0.1.0\n\nReleased with the other packages of munit; nothing has changed here.\n');
  });

  it('an example asks for the new version of munit, and of nothing else', () => {
    expect(withVersion('{ "@munit/core": "^0.1.0", "sharp": "^0.35.5", "@munit/infer": "^0.1.0" }', '0.2.0')).toBe('{ "@munit/core": "^0.2.0", "sharp": "^0.35.5", "@munit/infer": "^0.2.0" }');
  });
});

describe('the waiting changesets, applied in a copy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'munit-version-'));
  /** @type {Awaited<ReturnType<typeof stage>>} */
  let staged;
  beforeAll(async () => {
    staged = await stage(join(folder, 'checkout'), { manifestsOnly: true });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('give all published packages one version and a changelog that speaks of no commit', () => {
    expect(staged.problems).toEqual([]);
    expect(staged.packages.map(({ manifest }) => manifest.name)).toContain('@munit/core');
    const versions = new Set(staged.packages.map(({ manifest }) => manifest.version));
    expect(versions.size).toBe(1);
    if (waitingChangesets(root).length === 0) return;
    for (const { path } of staged.packages) {
      const entry = newestEntry(readFileSync(join(path, 'CHANGELOG.md'), 'utf8'));
      expect(entry).toMatch(/^\d+\.\d+\.\d+\n\n(### (Major|Minor|Patch) Changes\n\n- |Released with)/);
      expect(entry).not.toMatch(/^- [0-9a-f]{7}:|Updated dependencies/m);
    }
  });

  it('leave this checkout and private packages alone', () => {
    expect(readFileSync(join(folder, 'checkout', 'packages', 'testing', 'package.json'), 'utf8')).toContain('"version": "0.0.0"');
    expect(waitingChangesets(join(folder, 'checkout'))).toEqual([]);
  });
});
