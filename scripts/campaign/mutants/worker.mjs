// The thread that reads mutants: whoever started it watches how long each takes and how much memory, and ends it.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { families } from './families.mjs';

/** @type {{ name: string, library: string, work: string, seed: number, from: number, to: number, clock: SharedArrayBuffer }} */
const { name, library: address, work, seed, from, to, clock } = workerData;
/** The first number under way, and how many have begun. */
const state = new Int32Array(clock);
/** @type {typeof import('../library.js')} */
const library = await import(address);

const folder = join(work, name);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const prototypes = [Object.prototype, Array.prototype, Map.prototype, Function.prototype];
const own = () => prototypes.map((prototype) => Object.getOwnPropertyNames(prototype).join()).join(';');
const clean = own();

const make = families[name];
if (make === undefined) throw new Error(`There is no family ${name}.`);
const family = await make({ library, folder });
const { batch = 1, allowed = /^$/ } = family;
const offset = [...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 0);

// What is not damaged must load: otherwise nothing would be learned.
for (const file of family.sound) await family.read(file, 0);

/** @param {number} number @param {string} what @param {unknown} [error] */
const fail = (number, what, error) => parentPort?.postMessage({ number, what, detail: error instanceof Error ? error.stack : error === undefined ? undefined : String(error) });

/** @param {number} number @param {number} slot @returns {Promise<boolean>} whether it was accepted */
async function one(number, slot) {
  const rng = new library.Rng((seed * 1_000_003 + offset + number) >>> 0);
  const bytes = family.make(rng);
  try {
    await family.read(bytes, slot);
    return true;
  } catch (error) {
    if (!(error instanceof library.MunitError)) fail(number, 'an error that nobody has named', error);
    else if (error instanceof Error && error.message.length > 20_000) fail(number, `a message of ${error.message.length} characters`);
    return false;
  }
}

/** @param {number} number */
function checkTraces(number) {
  if (own() !== clean) fail(number, 'a prototype has been changed');
  const strays = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => !allowed.test(file));
  if (strays.length > 0) {
    fail(number, `files where none belong: ${strays.join(', ')}`);
    for (const file of strays) rmSync(join(folder, file), { recursive: true, force: true });
  }
}

let accepted = 0;
for (let number = from; number < to; number += batch) {
  Atomics.store(state, 0, number);
  Atomics.add(state, 1, 1);
  const numbers = Array.from({ length: Math.min(batch, to - number) }, (_, i) => number + i);
  const results = await Promise.all(numbers.map((one_, slot) => one(one_, slot)));
  accepted += results.filter(Boolean).length;
  const done = number + numbers.length;
  if (allowed.source !== '^$' || done % 1000 === 0 || done >= to) checkTraces(number);
  if (Math.floor(done / 1000) !== Math.floor(number / 1000) || done >= to) parentPort?.postMessage({ done, accepted });
}
await family.close?.();
parentPort?.postMessage({ over: true });
