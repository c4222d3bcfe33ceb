import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seconds, say } from '../lib/say.mjs';
import { publish } from './publish.mjs';
import { startRegistry } from './registry.mjs';
import { strangers } from './strangers.mjs';

/**
 * Publishes releases into a registry on this machine, and lets strangers install from it, each in an empty folder of their own.
 * @param {readonly import('./publish.mjs').Release[]} releases
 * @param {{ checkout: string, folder: string, only?: readonly string[] | undefined, skip?: readonly string[] | undefined }} options `checkout` holds the READMEs and examples of what is released; `only` names strangers by all that is given, `skip` by any of it.
 * @returns {Promise<string[]>} What went wrong.
 */
export async function rehearse(releases, { checkout, folder, only, skip = [] }) {
  const registry = await startRegistry(join(folder, 'registry'));
  try {
    const problems = await publish(releases, { registry: registry.url, env: registry.env, provenance: false });
    if (problems.length > 0) return problems;
    say(`${releases.length} packages of ${releases[0]?.version} are in ${registry.url}.`);
    const chosen = strangers(checkout).filter(({ name }) => only === undefined || only.every((part) => name.includes(part))).filter(({ name }) => !skip.some((part) => name.includes(part)));
    for (const { name, run } of chosen) {
      const home = join(folder, name.replaceAll(/\W+/g, '-'));
      mkdirSync(home, { recursive: true });
      const start = Date.now();
      const found = await run(home, { ...registry.env, version: releases[0]?.version ?? '' });
      say(`${found.length === 0 ? '✓' : '✗'} ${name.padEnd(44)}${seconds(Date.now() - start).padStart(12)}`);
      problems.push(...found);
    }
    return problems;
  } finally {
    await registry.close();
  }
}
