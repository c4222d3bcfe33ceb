import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { entriesOf } from './entries.mjs';

/**
 * Imports every entry in Node, which must say nothing; type-checks a program that uses them; asks every command for its help.
 * @param {string} folder The project in which they are installed.
 * @param {readonly import('../lib/workspace.mjs').Workspace[]} packages
 */
export async function importEntries(folder, packages) {
  /** @type {string[]} */
  const problems = [];
  const entries = packages.flatMap(({ manifest }) => entriesOf(manifest));
  // A bundle is made for pages: it holds what TensorFlow.js has for browsers.
  for (const entry of entries.filter((name) => !name.endsWith('/bundle'))) {
    const program = `const m = await import(${JSON.stringify(entry)}); if (Object.keys(m).length === 0) throw new Error('it exports nothing');`;
    const { code, output } = await exec(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: folder,
      minutes: 1,
    });
    if (code !== 0) problems.push(`${entry} cannot be imported in Node:\n${output}`);
    else if (output.trim()) problems.push(`Importing ${entry} must do nothing, and it said:\n${output}`);
  }

  const names = entries.map((_, index) => `m${index}`);
  writeFileSync(
    join(folder, 'consumer.ts'),
    [
      ...entries.map((entry, index) => `import * as m${index} from '${entry}';`),
      `export const all: readonly object[] = [${names.join(', ')}];`,
    ].join('\n'),
  );
  const compilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    target: 'es2022',
    module: 'nodenext',
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  // With the compiler that most programs have: declarations written by a newer one must be read by it.
  const typed = await exec(process.execPath, [inRoot('node_modules', 'typescript-api', 'bin', 'tsc'), '-p', folder]);
  if (typed.code !== 0) problems.push(`A program that imports the packages does not type-check:\n${typed.output}`);

  for (const { manifest } of packages) {
    const commands =
      typeof manifest.bin === 'string' ? [manifest.name.replace(/^@[^/]+\//, '')] : Object.keys(manifest.bin ?? {});
    for (const command of commands) {
      const { code, output } = await exec(join(folder, 'node_modules', '.bin', command), ['--help'], {
        cwd: folder,
        minutes: 1,
      });
      if (code !== 0) problems.push(`${command} --help fails:\n${output}`);
    }
  }
  return problems;
}
