// Makes a fresh clone ready: checks Node, fetches the pinned pnpm into .cache, installs what the lockfile says.
// Does nothing, at once, where that has been done and neither lockfile nor manifests have changed.
import './lib/check-node.mjs';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from './lib/paths.mjs';
import { pnpm } from './lib/pnpm.mjs';
import { dim, fail, note, seconds } from './lib/say.mjs';
import { digest, isStamped, stamp, unstamp } from './lib/stamp.mjs';
import { pinnedPnpm } from './lib/toolchain.mjs';
import { workspaces } from './lib/workspace.mjs';

const stampFile = inRoot('node_modules', '.munit-installed');

export async function bootstrap() {
  const all = workspaces();
  const wanted = digest(
    ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', '.npmrc']
      .map((name) => inRoot(name))
      .concat(all.map(({ path }) => join(path, 'package.json'))),
    [process.version, process.platform, process.arch],
  );
  // npm leaves this file: an `npm install` at the root came after us, or before.
  const npmWasHere = existsSync(inRoot('node_modules', '.package-lock.json'));
  if (!npmWasHere && isStamped(stampFile, wanted) && existsSync(inRoot('node_modules', '.modules.yaml'))) return;

  const start = Date.now();
  note(dim(`Installing the workspace with pnpm ${pinnedPnpm()} (a minute or so the first time) ...`));
  unstamp(stampFile);
  if (npmWasHere)
    for (const path of [inRoot(), ...all.map((one) => one.path)])
      rmSync(join(path, 'node_modules'), { recursive: true, force: true });
  const { code, output } = await pnpm(['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'], {
    env: { CI: 'true' },
    minutes: 20,
  });
  if (code !== 0) {
    const stale = output.includes('ERR_PNPM_OUTDATED_LOCKFILE');
    fail(
      'The workspace could not be installed.',
      output,
      stale
        ? 'A package.json changed without its lockfile: run `npx pnpm@' +
            pinnedPnpm() +
            ' install` and commit pnpm-lock.yaml.'
        : 'Check the network, or the registry and proxy that npm is set to (npm config list).',
    );
  }
  stamp(stampFile, wanted);
  note(dim(`Installed in ${seconds(Date.now() - start)}.`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bootstrap();
