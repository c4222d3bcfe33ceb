import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { refusalOf } from './nodeVersion.js';

it.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1', '26.0.0'])('works on Node %s', (version) => {
  expect(refusalOf(version)).toBeUndefined();
});

it.each(['18.20.8', '20.18.3', '20.9.0', '16.0.0'])('refuses Node %s by its name, and says what is needed', (version) => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { engines: { node: string } };
  expect(refusalOf(version)).toBe(`munit: This is Node ${version}, and munit needs ${engines.node.replace('>=', '')} or later.\n  Install a current version: https://nodejs.org/.\n`);
});
