/** The README says what is so: its example is a file that is type-checked, and it names every attribute, control, event, part and property. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defineMunitTranslator, MunitTranslatorElement } from './element.js';
import { controlNames } from './parts/controls.js';
import { styleText } from './parts/styles.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('holds the example word for word', () => {
  expect(readme).toContain(`\`\`\`ts\n${source('../test/examples/page.ts')}\`\`\``);
});

it('names every attribute, control, custom property and part', () => {
  const parts = [...source('./parts/shadow.ts').matchAll(/part: '([^']+)'/g), ...source('./parts/controls.ts').matchAll(/part: '([^']+)'/g)].flatMap(([, names]) => names!.split(' '));
  const buttons = [...source('./parts/shadow.ts').matchAll(/button\('(\w+)'/g), ...source('./parts/controls.ts').matchAll(/button\('(\w+)'/g)].map(([, name]) => name!);
  const properties = [...styleText.matchAll(/var\((--munit-[\w-]+)/g)].map(([, name]) => name!);
  const names = [...MunitTranslatorElement.observedAttributes, 'loading', ...controlNames, ...parts, ...buttons, ...properties];
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

it('does nothing where there is no page', () => {
  expect('customElements' in globalThis).toBe(false);
  expect(() => defineMunitTranslator()).not.toThrow();
});
