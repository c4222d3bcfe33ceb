/** Run folders as they are found: of an earlier version, incomplete, damaged, hostile. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckpointMismatchError, type MunitError, readSafetensors, RunFolderError, writeSafetensors } from '@munit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainEvent } from '../../events.js';
import { parseCsv } from '../../telemetry/csv.js';
import { type RunOutcome, runTraining, type RunTrainingOptions } from './runTraining.js';

/**
 * Four steps of a tiny run, written by the version before run folders were hardened. The steps after them in expected.csv were recorded again when
 * the built-in images changed, by the code that had reproduced the earlier record.
 */
const stored = fileURLToPath(new URL('../../../test/runFolder', import.meta.url));

let work = '';
let folder = '';
let events: TrainEvent[] = [];
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'munit-resume-'));
  folder = join(work, 'run');
  cpSync(join(stored, 'run'), folder, { recursive: true });
  events = [];
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const resume = (options: Partial<RunTrainingOptions> = {}): Promise<RunOutcome> =>
  runTraining({ folder, resume: true, config: { max_iter: 8 }, device: 'simd', threads: 1, onEvent: (event) => events.push(event), ...options });

const warnings = (): string[] => events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
const checkpoint = (step: number): string => join(folder, 'checkpoints', `step-${String(step).padStart(8, '0')}.safetensors`);

/** Replaces a checkpoint, with a checksum that is right. */
function forge(step: number, change: (parts: { metadata: Record<string, string>; tensors: Map<string, { shape: readonly number[]; data: Float32Array }> }) => void, as = step): void {
  const file = readSafetensors(readFileSync(checkpoint(step)));
  const parts = {
    metadata: Object.fromEntries(file.metadata),
    tensors: new Map([...file.tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: tensor.float32().slice() }])),
  };
  change(parts);
  const bytes = writeSafetensors([...parts.tensors], parts.metadata);
  writeFileSync(checkpoint(as), bytes);
  writeFileSync(`${checkpoint(as)}.sha256`, `${createHash('sha256').update(bytes).digest('hex')}  ${checkpoint(as).split('/').at(-1)}\n`);
}

describe('a run folder of an earlier version', () => {
  it('continues as it would have then', async () => {
    expect(await resume()).toMatchObject({ step: 8, reason: 'finished' });
    expect(warnings()).toEqual([]);
    const [got, expected] = [join(folder, 'losses.csv'), join(stored, 'expected.csv')].map((path) => parseCsv(readFileSync(path, 'utf8')));
    expect(got!.columns).toEqual(expected!.columns);
    expect(got!.rows.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [i, { values }] of expected!.rows.entries()) {
      // Other processors round fused products differently.
      for (const [name, value] of Object.entries(values)) expect(got!.rows[i]!.values[name]! / value, `${name} of step ${i + 1}`).toBeCloseTo(1, 5);
    }
  });

  it('is kept as it was, tensor by tensor, when it is saved again', async () => {
    const before = readSafetensors(readFileSync(checkpoint(4)));
    await resume({ config: { max_iter: 4, log_iter: 2 } });
    const after = readSafetensors(readFileSync(checkpoint(4)));
    expect([...after.tensors.keys()]).toEqual([...before.tensors.keys()]);
    for (const [name, tensor] of before.tensors) expect(after.tensors.get(name)!.float32(), name).toEqual(tensor.float32());
    for (const key of ['step', 'rng', 'data', 'gen_updates', 'dis_updates']) expect(after.metadata.get(key)).toBe(before.metadata.get(key));
  });

  it('continues without run.json, by the configuration in its checkpoint', async () => {
    rmSync(join(folder, 'run.json'));
    expect(await resume()).toMatchObject({ step: 8 });
    expect(warnings()).toEqual(['run.json is missing: the configuration has been taken from the newest checkpoint.']);
    expect(readFileSync(join(folder, 'losses.csv'), 'utf8').split('\n')).toHaveLength(10);
    expect(existsSync(join(folder, 'run.json'))).toBe(true);
  });
});

describe('a run folder with damaged logs', () => {
  it('continues, and says what was put aside', async () => {
    const [log, table] = [join(folder, 'events.jsonl'), join(folder, 'losses.csv')];
    writeFileSync(log, `${readFileSync(log, 'utf8')}{"time":1,"type":"styles","step":3,"statistics":null}\n`);
    writeFileSync(table, `\uFEFF${readFileSync(table, 'utf8').replaceAll('\n', '\r\n')}`);
    expect(await resume()).toMatchObject({ step: 8 });
    expect(warnings()).toEqual(['Put 1 damaged line of events.jsonl aside (events.jsonl.damaged).']);
    expect(readFileSync(table, 'utf8').split('\n').map((row) => row.split(',')[0])).toEqual(['step', '1', '2', '3', '4', '5', '6', '7', '8', '']);
  });
});

describe('a run folder that has lost its checkpoints', () => {
  it.each(['empty', 'missing'])('is refused when the folder of checkpoints is %s, and nothing is touched', async (state) => {
    renameSync(join(folder, 'checkpoints'), join(work, 'elsewhere'));
    if (state === 'empty') mkdirSync(join(folder, 'checkpoints'));
    const [losses, log] = [join(folder, 'losses.csv'), join(folder, 'events.jsonl')].map((path) => readFileSync(path, 'utf8'));
    await expect(resume()).rejects.toThrow(/has trained, but its checkpoints are not in .*Put them back/);
    expect(readFileSync(join(folder, 'losses.csv'), 'utf8')).toBe(losses);
    expect(readFileSync(join(folder, 'events.jsonl'), 'utf8')).toBe(log);
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
  });

  it('starts when it had not trained yet', async () => {
    for (const name of ['checkpoints', 'losses.csv', 'events.jsonl']) rmSync(join(folder, name), { recursive: true });
    expect(await resume({ config: { max_iter: 1 } })).toMatchObject({ step: 1 });
  });
});

describe('a checkpoint that cannot be trusted', () => {
  it('is put aside when a value in it is not finite, and the newest finite one is used', async () => {
    for (const step of [5, 6]) {
      forge(4, ({ metadata, tensors }) => {
        metadata['step'] = String(step);
        [...tensors.values()].at(-step)!.data[0] = step === 5 ? NaN : Infinity;
      }, step);
    }
    expect(await resume()).toMatchObject({ step: 8 });
    expect(events).toContainEqual({ kind: 'resumed', step: 4 });
    expect(warnings()[0]).toMatch(/The checkpoint of step 6 holds values that are not finite \(in \S+\) and is not used/);
    expect(warnings()[2]).toBe('Going back to the checkpoint of step 4, the newest one that can be used.');
    expect(readdirSync(join(folder, 'checkpoints')).filter((name) => name.endsWith('.broken'))).toHaveLength(2);
  });

  it('is passed over when it cannot be read', async () => {
    mkdirSync(checkpoint(6));
    writeFileSync(`${checkpoint(6)}.sha256`, `${'0'.repeat(64)}  x\n`);
    expect(await resume()).toMatchObject({ step: 8 });
    expect(warnings()[0]).toMatch(/step 6 cannot be read \(a folder is in its place \(EISDIR\)\) and is not used/);
  });

  it.each([
    ['rng', 'null'], ['rng', '{'], ['rng', '[1,2]'], ['rng', '["a",1,2,3]'],
    ['data', '{'], ['data', '{}'], ['data', '[]'], ['data', '5'], ['data', '"x"'],
    ['data', '{"version":1,"seed":0,"batches":1,"domains":null}'],
    ['data', '{"version":1,"seed":0,"batches":1,"domains":{"a":{"images":6,"fingerprint":"x","epoch":0,"position":-5},"b":{"images":6,"fingerprint":"x","epoch":0,"position":1}}}'],
    ['data', '{"version":1,"seed":0,"batches":1,"domains":{"a":{"images":6,"fingerprint":"x","epoch":1e300,"position":0},"b":{"images":6,"fingerprint":"x","epoch":0,"position":1}}}'],
    ['data', '{"version":1,"seed":0,"batches":1,"domains":{"a":{"images":6,"fingerprint":"x","epoch":0,"position":7},"b":{"images":6,"fingerprint":"x","epoch":0,"position":1}}}'],
    ['step', '0'], ['step', '-1'], ['step', '1e300'], ['step', ''], ['gen_updates', '1e300'], ['dis_updates', 'x'],
  ])('is refused by name when its %s is %s', async (key, value) => {
    forge(4, ({ metadata }) => (metadata[key] = value));
    const error = await resume().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CheckpointMismatchError);
    expect((error as MunitError).remedy?.text).toMatch(/^[A-Z].*\.$/s);
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
  });

  it.each([
    ['an option of a later version', (config: Record<string, unknown>) => (config['new_option'] = 1), /unknown option 'new_option'/],
    ['a wrong type', (config: Record<string, unknown>) => (config['lr'] = 'fast'), /'lr': /],
    ['null', (config: Record<string, unknown>) => (config['gen'] = null), /'gen': /],
  ])('is not reached when run.json holds %s', async (_, change, message) => {
    const path = join(folder, 'run.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { config: Record<string, unknown> };
    change(manifest.config);
    writeFileSync(path, JSON.stringify(manifest));
    const error = await resume().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunFolderError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toMatch(/run\.json \(written by munit \d/);
  });
});
