// npm test: everything that must hold, from a fresh clone, with one summary at the end.
//   npm test                                 all stages
//   npm test -- --only lint,types            these stages
//   npm test -- --only node packages/core    the test files whose path contains "packages/core"
import './lib/check-node.mjs';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { bold, dim, fail, green, red, say, seconds, yellow } from './lib/say.mjs';
import { buildStage, importsStage, lintStage, typesStage, unusedStage } from './stages/checks.mjs';
import { browserStage, nodeStage, studioStage } from './stages/tests.mjs';

/** @typedef {import('./stages/checks.mjs').StageResult} StageResult */

// It needs what the first stage installs, so it cannot be imported before.
const packagesStage = async () => (await import('./stages/packages.mjs')).packagesStage();

/** @type {Record<string, { title: string, run: (filters: string[]) => Promise<StageResult>, needs?: string }>} */
const stages = {
  build: { title: 'Build', run: buildStage },
  types: { title: 'Types of tests and scripts', run: typesStage },
  lint: { title: 'Lint and conventions', run: lintStage },
  imports: { title: 'Import directions and cycles', run: importsStage },
  unused: { title: 'Unused files, exports, dependencies', run: unusedStage },
  node: { title: 'Tests in Node', run: nodeStage },
  browser: { title: 'Tests in Chromium', run: browserStage },
  studio: { title: 'The studio in Chromium', run: studioStage, needs: 'build' },
  site: { title: 'The site', run: async () => (await import('./stages/site.mjs')).siteStage() },
  packages: { title: 'Packed packages', run: packagesStage, needs: 'build' },
};

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const chosen = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(stages);
const unknown = chosen.filter((name) => !Object.hasOwn(stages, name));
if (unknown.length > 0)
  fail(`No stage is named ${unknown.join(', ')}.`, '', `Stages: ${Object.keys(stages).join(', ')}.`);

const begin = Date.now();
/** @type {{ name: string, title: string, ms: number, result: StageResult }[]} */
const done = [];

await bootstrap();
done.push({ name: 'install', title: 'Install', ms: Date.now() - begin, result: { ok: true } });

for (const [name, { title, run, needs }] of Object.entries(stages)) {
  if (!chosen.includes(name)) continue;
  const start = Date.now();
  say(dim(`${title} ...`));
  const broken = done.some((stage) => stage.name === needs && !stage.result.ok);
  /** @type {StageResult} */
  const result = broken ? { ok: false, note: `not run: ${needs} failed` } : await run(positionals);
  if (result.output && (!result.ok || result.skipped)) say(result.output.trimEnd());
  done.push({ name, title, ms: Date.now() - start, result });
}

const failed = done.filter((stage) => !stage.result.ok);
say(`\n${bold('Summary')}`);
for (const { title, ms, result } of done) {
  const mark = result.ok ? (result.skipped ? yellow('-') : green('✓')) : red('✗');
  say(`${mark} ${title.padEnd(38)}${seconds(ms).padStart(12)}${result.note ? `   ${result.note}` : ''}`);
}
say(`  ${'All'.padEnd(38)}${seconds(Date.now() - begin).padStart(12)}`);
if (failed.length > 0) say(red(`Failed: ${failed.map((stage) => stage.name).join(', ')}`));

const total = { passed: 0, failed: 0, skipped: 0 };
for (const { result } of done) {
  total.passed += result.counts?.passed ?? 0;
  total.failed += result.counts?.failed ?? 0;
  total.skipped += result.counts?.skipped ?? 0;
}
say(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(failed.length > 0 ? 1 : 0);
