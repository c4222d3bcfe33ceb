import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exec } from './exec.mjs';
import { fail } from './say.mjs';
import { pinnedPnpm, pnpmHome } from './toolchain.mjs';

/**
 * Runs the pinned pnpm; fetches it with npm into `.cache` first, where it is missing.
 * @param {readonly string[]} args
 * @param {import('./exec.mjs').ExecOptions} [options]
 */
export async function pnpm(args, options) {
  const entry = join(pnpmHome(), 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  if (!existsSync(entry)) await fetchPnpm();
  return exec(process.execPath, [entry, ...args], options);
}

async function fetchPnpm() {
  const args = [
    'install',
    '--prefix',
    pnpmHome(),
    `pnpm@${pinnedPnpm()}`,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { code, output } = await npm(args, { minutes: 10 });
  if (code !== 0) {
    fail(
      `npm could not fetch pnpm ${pinnedPnpm()}, which installs this workspace.`,
      output,
      'Check the network, or the registry and proxy that npm is set to (npm config list).',
    );
  }
}

/**
 * Runs npm: the one that started us, or else the one beside this Node, or else the one on the path.
 * @param {readonly string[]} args
 * @param {import('./exec.mjs').ExecOptions} [options]
 */
export function npm(args, options) {
  const candidates = [
    process.env.npm_execpath ?? '',
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const entry = candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path));
  return entry ? exec(process.execPath, [entry, ...args], options) : exec('npm', args, options);
}
