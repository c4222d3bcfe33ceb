/** Files of a run folder and lists of images: what is damaged is on disk, and read from there. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../../lib/paths.mjs';
import { bytes, pick, text } from './families.mjs';
import { mutateText } from './text.mjs';

/** @typedef {import('./families.mjs').Family} Family @typedef {import('./families.mjs').Place} Place */

/** A run that ended well, kept for tests. */
const sample = inRoot('packages/train/test/runFolder/run');

/** @param {Place} place @returns {Family} */
export function runJson({ library, folder }) {
  const paths = library.runPaths(folder);
  const manifest = readFileSync(join(sample, 'run.json'));
  return {
    sound: [manifest],
    make: text(library, manifest.toString()),
    allowed: /^run\.json$/,
    read: (file) => {
      writeFileSync(paths.manifest, file);
      const manifest = library.readManifest(paths);
      if (manifest !== undefined) library.storedConfig(manifest.config, 'run.json');
    },
  };
}

/**
 * The logs of a run that is resumed: repaired, replayed into the report, and written on.
 * @param {Place} place
 * @returns {Family}
 */
export function runLogs({ library, folder }) {
  for (const name of ['run.json', 'config.yaml']) cpSync(join(sample, name), join(folder, name));
  mkdirSync(join(folder, 'checkpoints'));
  const [events, losses] = ['events.jsonl', 'losses.csv'].map((name) => readFileSync(join(sample, name), 'utf8'));
  const lines = (events ?? '').split('\n').filter(Boolean);
  const table = bytes(library, new TextEncoder().encode(losses));
  const log = bytes(library, new TextEncoder().encode(events));
  const options = { parse: JSON.parse, print: JSON.stringify, mutate: library.mutate };
  return {
    sound: [prefixed(0, new TextEncoder().encode(events)), prefixed(1, new TextEncoder().encode(losses))],
    make: (rng) => {
      const kind = rng.integer(4);
      // The first byte says which of the two files it is.
      if (kind === 0) return prefixed(1, table(rng));
      if (kind === 1) return prefixed(0, log(rng));
      const at = rng.integer(lines.length);
      const line = mutateText(pick(lines, rng), { ...options, rng });
      return prefixed(0, new TextEncoder().encode([...lines.slice(0, at), new TextDecoder().decode(line), ...lines.slice(at + 1), ''].join('\n')));
    },
    allowed: /^(run\.json|config\.yaml|events\.jsonl(\.damaged)?|losses\.csv(\.damaged)?|report\.html|checkpoints|samples|tensorboard|tensorboard.events\..*)$/,
    read: (file) => {
      const isTable = file[0] === 1;
      writeFileSync(join(folder, 'events.jsonl'), isTable ? (events ?? '') : file.subarray(1));
      writeFileSync(join(folder, 'losses.csv'), isTable ? file.subarray(1) : (losses ?? ''));
      for (const name of ['tensorboard', 'samples', 'events.jsonl.damaged', 'losses.csv.damaged', 'run.lock']) rmSync(join(folder, name), { recursive: true, force: true });
      const run = library.openRunFolder(folder, { resume: true });
      try {
        const recorder = library.recordRun(run, { fromStep: 2 });
        try {
          recorder.listener({ kind: 'start', totalSteps: 4, step: 2, device: 'none', config: {}, memoryEstimateBytes: 0 });
          recorder.listener({ kind: 'step', step: 3, totalSteps: 4, terms: { loss_gen_total: 1 }, learningRate: 1e-4, stepMs: 1, dataWaitMs: 0, etaSeconds: 0, residentBytes: 0, tensorBytes: 0 });
        } finally {
          recorder.close();
        }
      } finally {
        run.close();
      }
    },
  };
}

/** @param {number} first @param {Uint8Array} rest */
function prefixed(first, rest) {
  const all = new Uint8Array(1 + rest.length);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

/** @param {Place} place @returns {Family} */
export function listFile({ library, folder }) {
  const path = join(folder, 'list.txt');
  const list = Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? `/data/set/${i}.jpg` : `cats/${'x'.repeat(i)}/${i}.jpg`)).join('\n');
  const sound = new TextEncoder().encode(list);
  return {
    sound: [sound],
    make: bytes(library, sound),
    allowed: /^list\.txt$/,
    read: async (file) => {
      writeFileSync(path, file);
      for (const image of await library.readListFile(path, folder)) if (typeof image.path !== 'string' || image.name === '') throw new RangeError(`An entry without a name: ${JSON.stringify(image)}`);
    },
  };
}
