import { parseArgs } from 'node:util';
import { disk } from './disk.mjs';
import { kill } from './kill.mjs';
import { mutants } from './mutants.mjs';
import { network } from './network.mjs';
import { shards } from './shards.mjs';
import { soak } from './soak.mjs';
import { terminal } from './terminal.mjs';

/**
 * What all campaigns are given.
 * @typedef {object} Context
 * @property {import('./bundle.mjs').Munit} munit
 * @property {string} work An empty folder, deleted afterwards.
 * @property {number} seed
 * @property {number} from The first trial.
 * @property {number} count
 * @property {readonly string[]} only What of the campaign; all where it is empty.
 * @property {boolean} short
 * @property {AbortSignal} stop
 * @property {(ledger: import('./ledger.mjs').Ledger) => import('./ledger.mjs').Ledger} report Its summary is part of what is printed at the end.
 *
 * @typedef {{ about: string, count: number, short: number, run: (context: Context) => Promise<void> }} Campaign `count` and `short` are the numbers of trials of the long and of the short form
 * @typedef {{ name: string, campaign: Campaign, seed: number, from: number, count: number, only: string[], short: boolean }} Options
 */

/** @type {Readonly<Record<string, Campaign>>} */
const campaigns = { kill, disk, mutants, network, shards, soak, terminal };

const help = `npm run campaign -- <campaign> [options]

${Object.entries(campaigns).map(([name, { about, count }]) => `  ${name.padEnd(10)}${about} (${count.toLocaleString('en')} by default)`).join('\n')}

  --count <n>    trials (of each family, for mutants)
  --seed <n>     what they are drawn from (default 1)
  --from <n>     the first trial: continues where an earlier call stopped, or repeats a trial that failed
  --only <names> parts of the campaign, separated by commas
  --short        the form that npm test runs

Progress goes to stderr, a summary as JSON to stdout, also after Ctrl-C. Exits with 1 when anything failed.
`;

/** @param {readonly string[]} args @returns {Options | string} or what to print instead */
export function parseOptions(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const read = () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { count: text, seed: text, from: text, only: text, short: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  /** @type {ReturnType<typeof read>} */
  let parsed;
  try {
    parsed = read();
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${help}`;
  }
  const { values, positionals } = parsed;
  const name = positionals[0] ?? '';
  const campaign = Object.hasOwn(campaigns, name) ? campaigns[name] : undefined;
  if (values.help === true || campaign === undefined || positionals.length > 1) return help;
  const short = values.short === true;
  const numbers = { count: short ? campaign.short : campaign.count, seed: 1, from: 0 };
  for (const key of /** @type {const} */ (['count', 'seed', 'from'])) {
    if (values[key] === undefined) continue;
    const value = Number(values[key]);
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) return `--${key} must be a whole number from 0 to 4294967295; got ${values[key]}.\n\n${help}`;
    numbers[key] = value;
  }
  return { name, campaign, ...numbers, only: values.only?.split(',') ?? [], short };
}
