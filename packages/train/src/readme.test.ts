/** The example of the loop in the README is this file, word for word, and it runs. */
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('trains by the loop alone', async () => {
  expect(readme).toContain(`\`\`\`ts\n${readFileSync(new URL('../test/examples/loop.ts', import.meta.url), 'utf8')}\`\`\``);
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await import('../test/examples/loop.js');
  const lines = print.mock.calls.map((values) => values.join(' '));
  print.mockRestore();
  expect(lines.filter((line) => line.startsWith('step '))).toHaveLength(3);
  for (const step of [1, 5, 10]) expect(lines.some((line) => new RegExp(`^step ${step} \\d+\\.\\d+$`).test(line))).toBe(true);
  expect(lines).toContainEqual(expect.stringMatching(/^\d{5,} bytes at step 10$/));
  expect(lines.at(-1)).toBe('trained 10 steps');
}, 240_000);
