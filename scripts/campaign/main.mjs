// Runs a campaign: hostile conditions, seeded, at length. `npm run campaign -- --help`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note } from '../lib/say.mjs';
import { bundleMunit } from './bundle.mjs';
import { parseOptions } from './options.mjs';

const options = parseOptions(process.argv.slice(2));
if (typeof options === 'string') {
  note(options);
  process.exit(2);
}

const stop = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop.abort());
const work = mkdtempSync(join(tmpdir(), 'munit-campaign-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));

/** @type {import('./ledger.mjs').Ledger[]} */
const ledgers = [];
const { campaign, ...rest } = options;
const report = (/** @type {import('./ledger.mjs').Ledger} */ ledger) => {
  ledgers.push(ledger);
  return ledger;
};
await campaign.run({ ...rest, munit: await bundleMunit(), work, stop: stop.signal, report });

const parts = ledgers.map((ledger) => ledger.summary());
const sum = (/** @type {'tries' | 'failures'} */ key) => parts.reduce((total, part) => total + part[key], 0);
console.log(JSON.stringify({ campaign: options.name, tries: sum('tries'), failures: sum('failures'), complete: parts.every((part) => part.complete), parts }, undefined, 2));
process.exit(sum('failures') > 0 ? 1 : 0);
