/** The campaigns in their short forms; their long ones are for a night (CONTRIBUTING.md). */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { inRoot } from '../lib/paths.mjs';

/** @param {readonly string[]} args @returns {Promise<{ code: number | null, text: string, errors: string }>} */
function campaign(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [inRoot('scripts/campaign/main.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { text: '', errors: '' };
    child.stdout.on('data', (/** @type {Buffer} */ data) => (out.text += data.toString()));
    child.stderr.on('data', (/** @type {Buffer} */ data) => (out.errors += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...out }));
  });
}

/** @typedef {{ tries: number, failures: number, complete: boolean, parts: import('./ledger.mjs').Summary[] }} Result */

/** The summary of a short form in which nothing failed. @param {string} name */
async function shortForm(name) {
  const { code, text, errors } = await campaign([name, '--short']);
  expect(errors).not.toContain('failed:');
  expect(code).toBe(0);
  const result = /** @type {Result} */ (JSON.parse(text));
  expect(result).toMatchObject({ failures: 0, complete: true });
  return result;
}

describe('a campaign', { timeout: 240_000 }, () => {
  it('kills runs and finds the results of an undisturbed one', async () => {
    const { tries, parts } = await shortForm('kill');
    expect(tries).toBe(2);
    expect(parts[0]?.counts['kills']).toBeGreaterThanOrEqual(2);
  });

  it('lets file operations fail', async () => {
    const { tries, parts } = await shortForm('disk');
    const isPossible = (parts[0]?.counts['operations of run'] ?? 0) > 100;
    // Without a C compiler it says that it cannot.
    expect(isPossible ? tries : parts[0]?.counts['not possible here: it needs Linux and a C compiler']).toBe(isPossible ? 4 : 1);
  });

  it('damages files of every kind', async () => {
    const { tries, parts } = await shortForm('mutants');
    expect(parts).toHaveLength(16);
    expect(tries).toBe(10 * 100 + 6 * 20);
    // Some load and some do not: the damage is neither fatal nor without effect.
    const accepted = parts.map(({ counts }) => Object.entries(counts).find(([what]) => what.endsWith(' accepted'))?.[1] ?? 0);
    expect(accepted.filter((number) => number > 0).length).toBeGreaterThan(12);
    expect(accepted.filter((number, i) => number < (parts[i]?.tries ?? 0)).length).toBeGreaterThan(12);
  });

  it('loads models from hostile servers', async () => {
    const { tries, parts } = await shortForm('network');
    expect(tries).toBe(120);
    expect(parts[0]?.counts['nothing: loaded']).toBeGreaterThan(0);
    expect(parts[0]?.counts['stays silent: ModelSourceError']).toBeGreaterThan(0);
  });

  it('takes the terminal away', async () => {
    const { parts } = await shortForm('terminal');
    const { counts = {} } = parts[0] ?? {};
    // Each was tried, or its tool is not here.
    expect(['nohup', 'tmux', 'namespaces'].map((name) => (counts[name] ?? 0) + (counts[`${name}: not possible here`] ?? 0))).toEqual([1, 1, 1]);
  });

  it('divides work among processes, and kills one and the merge', async () => {
    const { tries, parts } = await shortForm('shards');
    expect(tries).toBe(2);
    expect(parts.map(({ counts }) => counts['shards killed'])).toEqual([1, 1]);
  });

  it('counts what long work holds', async () => {
    const { parts } = await shortForm('soak');
    const held = parts.map(({ counts }) => [...new Set(Object.entries(counts).flatMap(([what, number]) => (what.includes('tensors') ? [number] : [])))]);
    // The same number at each moment: 360 in a state of training, 72 in a model of two generators.
    expect(held.map((numbers) => numbers.length)).toEqual([1, 1]);
  });

  it('says how it is used when it is asked for something else', async () => {
    const { code, errors } = await campaign(['floods']);
    expect(code).toBe(2);
    expect(errors).toContain('npm run campaign -- <campaign> [options]');
    expect(await campaign(['kill', '--count', 'many'])).toMatchObject({ code: 2, errors: expect.stringContaining('--count must be a whole number') });
  });
});
