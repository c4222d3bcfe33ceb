// node scripts/run.mjs <task> [arguments]: makes the workspace ready, builds what the task needs, runs it.
import './lib/check-node.mjs';
import { existsSync } from 'node:fs';
import { bootstrap } from './bootstrap.mjs';
import { build } from './lib/build.mjs';
import { softwareVulkan } from './lib/devices.mjs';
import { node } from './lib/exec.mjs';
import { inRoot } from './lib/paths.mjs';
import { dim, fail, note, seconds } from './lib/say.mjs';

/**
 * What can be run: the package's folder, and its entry.
 * @type {Record<string, { folder: string, entry: string }>}
 */
const tasks = {
  parity: { folder: 'apps/parity', entry: 'dist/main.js' },
  bench: { folder: 'bench', entry: 'dist/main.js' },
  cli: { folder: 'packages/cli', entry: 'dist/main.js' },
  quickstart: { folder: 'apps/quickstart', entry: 'dist/main.js' },
  // It bundles what it needs from the sources; of the build it takes what is generated.
  campaign: { folder: 'packages/cli', entry: '../../scripts/campaign/main.mjs' },
  studio: { folder: 'apps/studio', entry: 'scripts/serve.mjs' },
  site: { folder: 'docs', entry: 'scripts/build.mjs' },
};

const [name = '', ...args] = process.argv.slice(2);
if (name !== 'build' && !Object.hasOwn(tasks, name))
  fail(`No task is named "${name}".`, '', `Tasks: build, ${Object.keys(tasks).join(', ')}.`);

await bootstrap();
const task = name === 'build' ? undefined : tasks[name];
if (task && !existsSync(inRoot(task.folder, 'package.json')))
  fail(`${task.folder} is not part of this checkout, so "${name}" cannot run.`);

const start = Date.now();
const { code, output } = await build(task ? [task.folder] : []);
if (code !== 0) fail('The build failed.', output);
if (!task || Date.now() - start > 5000) note(dim(`Built in ${seconds(Date.now() - start)}.`));
if (task) process.exit(await node([inRoot(task.folder, task.entry), ...args], softwareVulkan()));
