/** The examples of the README are these files, word for word, and they run. */
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = (name: string): string => readFileSync(new URL(`../test/examples/${name}.ts`, import.meta.url), 'utf8');

/** What an example prints, a line per call. */
async function printed(run: () => Promise<unknown>): Promise<string[]> {
  const print = vi.spyOn(console, 'debug').mockReturnValue();
  await run();
  const lines = print.mock.calls.map((values) => values.join(' '));
  print.mockRestore();
  return lines;
}

it('lpips', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('lpips')}\`\`\``);
  const lines = await printed(async () => import('../test/examples/lpips.js'));
  expect(lines[0]).toMatch(/^diversity 0\.\d{3} over 3 pairs$/);
  expect(lines.slice(1)).toEqual([expect.stringMatching(/^one pair 0\.\d{3} of 5 layers$/), 'a map of 64 × 64']);
});

it('distances', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('distances')}\`\`\``);
  const lines = await printed(async () => import('../test/examples/distances.js'));
  expect(lines[0]).toMatch(/^Fréchet distance 0\.\d{4}$/);
  expect(lines[1]).toContain('biased upwards');
  expect(lines[2]).toMatch(/^kernel distance -?0\.\d{4} over subsets -?0\.\d{4} ± 0\.\d{4}$/);
  expect(lines[3]).toMatch(/^precision (1|0\.\d+) .* recall (1|0\.\d+)$/);
});

it('metric', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('metric')}\`\`\``);
  const lines = await printed(async () => import('../test/examples/metric.js'));
  expect(lines[0]).toMatch(/^kid-alexnet -?\d+\.\d{3} lower is better$/);
});

it('scores', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('scores')}\`\`\``);
  const lines = await printed(async () => import('../test/examples/scores.js'));
  expect(lines[0]).toBe('CIS 0.549 nats; exponentiated 1.732');
  expect(lines[1]).toMatch(/^IS 0\.\d{3} nats/);
});

it('protocols', async () => {
  expect(readme).toContain(`\`\`\`ts\n${example('protocols')}\`\`\``);
  const lines = await printed(async () => import('../test/examples/protocols.js'));
  expect(lines[0]).toMatch(/^right on held-out images: (1\.00|0\.\d\d) of 30$/);
  expect(lines[1]).toMatch(/^cis \d\.\d\d from \d\.\d\d to \d\.\d\d /);
  expect(lines.at(-1)).toBe('fid-mine kid-mine precision-mine recall-mine density-mine coverage-mine ndb-mine jsd-mine 50');
});
