// node scripts/recipe.mjs <name>: from nothing to the model folder of a recipe. See recipes/README.md.
import './lib/check-node.mjs';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { build } from './lib/build.mjs';
import { exec } from './lib/exec.mjs';
import { inRoot } from './lib/paths.mjs';
import { figuresTable } from './lib/figures.mjs';
import { fail, say } from './lib/say.mjs';

/**
 * @typedef {object} Recipe
 * @property {{ kind: 'animals' | 'synthetic', size: number, count: number, seed: number, vary?: number }} data
 * @property {string} preset
 * @property {number} seed
 * @property {number} steps
 * @property {[string, string]} names
 * @property {{ inputs: number, styles: number, seed: number }} evaluate
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string' }, threads: { type: 'string' }, device: { type: 'string' } },
});
const [name] = positionals;
// What ends in .compare.yaml is read by `munit compare`.
const known = readdirSync(inRoot('recipes')).flatMap((file) => (/^[^.]+\.yaml$/.test(file) ? [file.slice(0, -5)] : []));
if (name === undefined || !known.includes(name)) fail(`Name a recipe: ${known.join(', ')}.`);

await bootstrap();
const { code, output } = await build(['packages/cli']);
if (code !== 0) fail('The build failed.', output);
/** @type {{ parse: (text: string) => Recipe }} */
const yaml = createRequire(inRoot('packages', 'cli', 'package.json'))('yaml');
const recipe = yaml.parse(readFileSync(inRoot('recipes', `${name}.yaml`), 'utf8'));
const work = inRoot('runs', 'recipes', name);
mkdirSync(work, { recursive: true });
const { data, run, model } = { data: join(work, 'data'), run: join(work, 'run'), model: inRoot('models', name) };
const machine = [...(values.device === undefined ? [] : ['--device', values.device]), ...(values.threads === undefined ? [] : ['--threads', values.threads])];

/** @param {readonly string[]} args @param {boolean} [stream] */
async function munit(args, stream = true) {
  const done = await exec(process.execPath, [inRoot('packages', 'cli', 'dist', 'main.js'), ...args], { stream, minutes: 7 * 24 * 60 });
  if (done.code === 130) process.exit(130);
  if (done.code !== 0) fail(`munit ${args.join(' ')} failed.`, done.output);
  return done.output;
}

if (!existsSync(join(data, 'truth.json'))) {
  const { kind, ...options } = recipe.data;
  await munit(['data', kind, data, ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)])]);
}
const steps = values.steps ?? String(recipe.steps);
// Both continue a run bit for bit; a run of other lengths continues with the new one.
if (existsSync(join(run, 'run.json'))) await munit(['train', '--resume', run, '--steps', steps, ...machine]);
else await munit(['train', '--data', data, '--preset', recipe.preset, '--seed', String(recipe.seed), '--steps', steps, '--out', run, ...machine]);

const { inputs, styles, seed } = recipe.evaluate;
const measured = /** @type {Parameters<typeof figuresTable>[0]} */ (
  JSON.parse((await munit(['evaluate', run, '--checkpoint', 'latest', '--inputs', String(inputs), '--styles', String(styles), '--seed', String(seed), '--json', ...machine], false)).trim().split('\n').at(-1) ?? '{}')
);
writeFileSync(join(work, 'figures.json'), `${JSON.stringify(measured, null, 2)}\n`);
await munit(['convert', run, '--checkpoint', 'latest', '--out', model, '--names', recipe.names.join(','), '--dtype', 'fp16', '--overwrite']);
const shown = join(work, 'shown');
mkdirSync(shown, { recursive: true });
for (const file of readdirSync(join(data, 'testA')).sort().slice(0, 8)) copyFileSync(join(data, 'testA', file), join(shown, file));
await munit(['translate', model, shown, '--out', join(work, 'sheet'), '--styles', '6', '--synchronized', '--no-resume', '--grid', join(model, 'sheet.png'), ...machine]);

writeFileSync(
  join(model, 'README.md'),
  `${readFileSync(join(model, 'README.md'), 'utf8').trimEnd()}

## How it was made

\`npm run recipe ${name}\`, ${steps} steps, on ${cpus()[0]?.model.trim() ?? 'an unknown processor'} with ${cpus().length} cores, Node ${process.version}. The recipe:

\`\`\`yaml
${readFileSync(inRoot('recipes', `${name}.yaml`), 'utf8').trimEnd()}
\`\`\`

Measured on ${inputs} held-out pictures with ${styles} random styles each:

${figuresTable(measured)}
${recipe.data.kind === 'animals' ? '\nThe pictures are made from the drawings of [animal-avatar-generator](https://www.npmjs.com/package/animal-avatar-generator), MIT, © 2021 Roman Lukashik.\n' : ''}`,
);
say(`The model: ${model}`);
