import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetNames } from '@munit/train';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EvaluateRequest } from './evaluation/request.js';
import type { TrainRequest } from './commands/train.js';
import { renderError, UsageError } from './errors.js';
import { exitCodes } from './exitCodes.js';
import { type CliIo, run } from './index.js';
import type { Interrupt } from './io.js';

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-cli-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Seen {
  train?: TrainRequest;
  evaluate?: EvaluateRequest;
}

/** Runs a command line; `train` and `evaluate` only note what they are asked. */
async function munit(args: readonly string[], { seen = {}, fail }: { seen?: Seen; fail?: () => never } = {}): Promise<Outcome> {
  let [out, err] = ['', ''];
  const io: CliIo = {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    onInterrupt: () => () => {},
    exitNow: () => {},
  };
  const code = await run(args, io, {
    train: (request) => {
      seen.train = request;
      fail?.();
      return Promise.resolve(0);
    },
    evaluate: (request) => {
      seen.evaluate = request;
      return Promise.resolve(0);
    },
    translate: () => Promise.resolve(0),
    convert: () => Promise.resolve(0),
  });
  return { code, out, err };
}

describe('doctor', () => {
  it('tries a device by itself: what its children do', async () => {
    const { code, out } = await munit(['doctor', '--try', 'simd']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'simd', available: true, software: false, test: { passed: true } });
  });

  it('says of an absent one why, and what to do', async () => {
    // No addon of whoever runs the test.
    vi.stubEnv('MUNIT_TENSORFLOW_ADDON', '');
    const { code, out } = await munit(['doctor', '--try', 'cuda']);
    expect(code).toBe(0);
    vi.unstubAllEnvs();
    const tried = JSON.parse(out) as { readonly reason: string; readonly remedy: string };
    expect(tried).toMatchObject({ name: 'cuda', available: false });
    expect(tried.reason).toBe("there is no addon of TensorFlow, and the package '@tensorflow/tfjs-node-gpu' is not installed");
    expect(tried.remedy).toContain('scripts/tensorflow.mjs --gpu');
  });
});

describe('help', () => {
  it('names every command and exit code, on stdout', async () => {
    const { code, out, err } = await munit(['--help']);
    expect(code).toBe(0);
    for (const name of ['train', 'evaluate', 'translate', 'convert', 'data', 'doctor']) expect(out).toMatch(new RegExp(`^  ${name}`, 'm'));
    for (const value of Object.values(exitCodes)) expect(out).toMatch(new RegExp(`^ *${value}  `, 'm'));
    expect(err).toBe('');
  });

  it.each([['train'], ['evaluate'], ['translate'], ['convert'], ['data', 'check'], ['data', 'animals'], ['data', 'edges'], ['data', 'synthetic'], ['doctor']])('of %s %s teaches by example', async (...command) => {
    const { code, out } = await munit([...command.filter((part) => typeof part === 'string'), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}munit /);
  });

  it('gives examples that the command line takes', async () => {
    const examples = (await munit(['train', '--help'])).out.matchAll(/^ {2}munit (train .*?)(?: {3,}.*)?$/gm);
    const codes = await Promise.all([...examples].map(async (match) => (await munit(match[1]!.trim().split(/\s+/))).code));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('prints the version', async () => {
    const { out, code } = await munit(['--version']);
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});

describe('mistakes', () => {
  it.each([
    [['tarin'], "unknown command 'tarin'", /Did you mean train\?/],
    [['train', '--steps', 'many'], "'many' is invalid. It must be a whole number from 1", /--help/],
    [['train', '--preset', 'cats'], 'Allowed choices are edges, scenes, faces, streets512, hd1024, animals, cyclegan, cyclegan-noise, bicyclegan, quick, modern', /--help/],
    [['data', 'check'], "missing required argument 'path'", /--help/],
    [['train', '--stepz', '3'], "unknown option '--stepz'", /Did you mean --steps\?/],
  ])('%j fails with 2 and a hint', async (args, message, hint) => {
    const { code, out, err } = await munit(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).toMatch(hint);
    expect(err).toMatch(/^munit: /);
  });

  it.each([
    [['train'], 'No images are given.\n  Give --a and --b'],
    [['train', 'cats/', 'dogs/', '--size', '64'], "'cats/' belongs to no option.\n  Name the folders by options: munit train --a cats/ --b dogs/."],
    [['train', 'cats2dogs'], 'If it holds trainA and trainB: munit train --data cats2dogs.'],
    [['train', '--a', 'cats'], 'Images of domain B are missing.'],
    [['train', '--a', 'x', '--b', 'y', '--data', 'z'], 'name the images twice'],
    [['train', '--resume', 'runs/x', '--preset', 'quick'], '--resume continues a run as it was configured.'],
    [['train', '--a', 'x', '--b', 'y', '--set', 'lr'], "--set takes name=value; got 'lr'."],
    [['train', '--a', 'x', '--b', 'y', '--set', 'lr=[1'], "The value of 'lr=[1' is not valid YAML."],
  ])('%j is refused before any work', async (args, message) => {
    const seen: Seen = {};
    const { code, err } = await munit(args, { seen });
    expect(code).toBe(2);
    expect(err).toContain(`munit: `);
    expect(err).toContain(message);
    expect(seen.train).toBeUndefined();
  });
});

describe('train', () => {
  it('becomes a request', async () => {
    const seen: Seen = {};
    await munit(
      ['train', '--a', 'photos/cats/', '--b', 'dogs', '--preset', 'faces', '--set', 'gen.dim=32', '--set', 'gen.n_res=2', '--set', 'diff_augment=[color]', '--size', '128', '--steps', '50', '--seed', '9', '--strict', '--progress', 'lines'],
      { seen },
    );
    expect(seen.train).toEqual({
      data: { a: 'photos/cats/', b: 'dogs' },
      config: undefined,
      preset: 'faces',
      overrides: {
        gen: { dim: 32, n_res: 2 }, diff_augment: ['color'],
        max_iter: 50, new_size: 128, crop_image_height: 128, crop_image_width: 128, seed: 9,
      },
      out: join('runs', 'cats-dogs'),
      resume: false, overwrite: false, device: 'auto', threads: undefined, strict: true,
      memory: undefined, otherImages: 'refuse', dryRun: false, prepare: false, progress: 'lines',
    });
  });

  it('names the run folder after the data, the file, or as --out says', async () => {
    const out = async (...args: string[]): Promise<string | undefined> => {
      const seen: Seen = {};
      await munit(['train', ...args], { seen });
      return seen.train?.out;
    };
    expect(await out('--data', 'sets/cats2dogs/')).toBe(join('runs', 'cats2dogs'));
    expect(await out('--config', 'configs/edges2shoes_folder.yaml')).toBe(join('runs', 'edges2shoes_folder'));
    expect(await out('--a', 'x', '--b', 'y', '--out', 'here')).toBe('here');
    expect(await out('--resume', 'runs/old')).toBe('runs/old');
  });

  it('turns errors into what happened, what to do, and an exit code', async () => {
    const failing = (code: string) => (): never => {
      throw Object.assign(new Error('The disk is full. Free some space.'), { code, problem: 'The disk is full.', remedy: { id: 'advice', text: 'Free some space.' } });
    };
    const { code, err, out } = await munit(['train', '--a', 'x', '--b', 'y'], { fail: failing('RUN_FOLDER') });
    expect([code, err, out]).toEqual([5, 'munit: The disk is full.\n  Free some space.\n', '']);
    const codeOf = async (name: string): Promise<number> => (await munit(['train', '--a', 'x', '--b', 'y'], { fail: failing(name) })).code;
    expect(await Promise.all(['CONFIG', 'DATA', 'DEVICE_UNAVAILABLE', 'CHECKPOINT', 'NON_FINITE', 'ABORTED', 'NEW'].map(codeOf))).toEqual([2, 3, 4, 5, 6, 130, 1]);
  });

  it('stops softly at a closed terminal and the first Ctrl-C, and at once at the second', async () => {
    let interrupt = (_kind: Interrupt): void => {};
    const exits: number[] = [];
    let err = '';
    let removed = false;
    const io: CliIo = {
      stdout: { write() {} },
      stderr: { write: (text) => (err += text) },
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => (removed = true);
      },
      exitNow: (code) => exits.push(code),
    };
    const code = await run(['train', '--a', 'x', '--b', 'y'], io, {
      train: async (_request, _io, signal) => {
        const stopped = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
        interrupt('SIGHUP');
        await stopped;
        // A closing terminal may say so more than once, and a supervisor may add its own.
        interrupt('SIGHUP');
        interrupt('SIGTERM');
        expect(exits).toEqual([]);
        interrupt('SIGINT');
        return exitCodes.interrupted;
      },
    });
    expect([code, exits, removed]).toEqual([130, [130], true]);
    expect(err).toContain('press Ctrl-C again');
  });
});

describe('evaluate', () => {
  it('becomes a request and checks the checkpoint’s name', async () => {
    const seen: Seen = {};
    expect((await munit(['evaluate', 'runs/x', '--checkpoint', '500', '--json'], { seen })).code).toBe(0);
    expect(seen.evaluate).toMatchObject({ what: ['runs/x'], protocols: undefined, checkpoint: '500', to: 'both', device: 'auto', threads: undefined, inputs: 100, styles: undefined, real: 1000, seed: 0, features: 'alexnet', resume: true, json: true });
    await munit(['evaluate', 'real', 'fake', '--protocol', 'quality', 'modes', '--styles', '20', '--classifier-a', 'breeds', '--no-resume'], { seen });
    expect(seen.evaluate).toMatchObject({ what: ['real', 'fake'], protocols: ['quality', 'modes'], styles: 20, classifierA: 'breeds', resume: false, json: false });
    expect(seen.evaluate?.shard).toBeUndefined();
    await munit(['evaluate', 'runs/x', '--shard', '2/8'], { seen });
    expect(seen.evaluate?.shard).toEqual({ index: 2, count: 8 });
    expect((await munit(['evaluate', 'runs/x', '--protocol', 'beauty'])).err).toContain('Allowed choices are diversity, quality, modes');
    expect((await munit(['evaluate', 'runs/x', '--checkpoint', 'newest'])).err).toContain("It must be 'best', 'latest' or a step.");
  });
});

describe('data', () => {
  it('synthetic makes a set that check finds good', async () => {
    const folder = join(work, 'shapes');
    const made = await munit(['data', 'synthetic', folder, '--size', '32', '--count', '3', '--test', '1', '--seed', '4', '--json']);
    expect(made.err).toBe('');
    expect(JSON.parse(made.out)).toMatchObject({ folder, size: 32, count: 3, seed: 4 });
    expect(readdirSync(folder)).toEqual(['testA', 'testB', 'trainA', 'trainB', 'truth.json']);

    const checked = await munit(['data', 'check', folder, '--json', '--min-side', '32']);
    expect([checked.code, checked.err]).toEqual([0, '']);
    const report = JSON.parse(checked.out) as { domains: { domain: string; usable: number }[] };
    expect(report.domains.map(({ domain, usable }) => `${domain} ${usable}`)).toEqual(['trainA 3', 'trainB 3', 'testA 1', 'testB 1']);

    const again = await munit(['data', 'synthetic', folder]);
    expect([again.code, again.err]).toEqual([2, `munit: ${folder} is not empty.\n  Choose a new folder, or delete this one first.\n`]);
  });

  it('check reads a list, fails for what cannot be used, and on warnings when strict', async () => {
    const folder = join(work, 'shapes');
    await munit(['data', 'synthetic', folder, '--size', '32', '--count', '2', '--test', '1']);
    writeFileSync(join(work, 'list.txt'), readdirSync(join(folder, 'trainA')).map((name) => `trainA/${name}`).join('\n'));
    const listed = await munit(['data', 'check', join(work, 'list.txt'), '--root', folder]);
    expect(listed.out).toContain('2 usable of 2');
    expect(listed.code).toBe(0);
    expect((await munit(['data', 'check', join(work, 'list.txt'), '--root', folder, '--strict'])).code).toBe(3);

    const missing = await munit(['data', 'check', join(work, 'nothing')]);
    expect(missing.code).toBe(3);
    expect(missing.err).toMatch(/^munit: .*nothing/);
    expect(missing.out).toBe('');
  });
});

describe('renderError', () => {
  it('shows stack and causes only for the unforeseen or on demand', () => {
    const known = new UsageError('Wrong.', 'Do it right.');
    expect(renderError(known)).toEqual({ text: 'munit: Wrong.\n  Do it right.\n', exitCode: 2 });
    expect(renderError(known, true).text).toContain('at ');
    const odd = renderError(new TypeError('x is not a function', { cause: new Error('deeper') }));
    expect(odd.exitCode).toBe(1);
    expect(odd.text).toMatch(/^munit: unexpected error: x is not a function\n {2}Cause: deeper\nTypeError: /);
    expect(renderError('text')).toEqual({ text: 'munit: unexpected error: text\n', exitCode: 1 });
    expect(renderError(new DOMException('aborted', 'AbortError')).exitCode).toBe(130);
  });

  it('names the file and what is wrong with the disk, whatever part of munit met it', async () => {
    const of = (code: string, message: string): Error => Object.assign(new Error(message), { code, syscall: 'mkdir', errno: -28, path: '/out/a\u001b[2J.png' });
    expect(renderError(of('ENOSPC', 'x'))).toEqual({ text: 'munit: /out/a\\x1b[2J.png: the disk is full.\n  Free some space there, and start the command again.\n', exitCode: 3 });
    // Of a write that fails Node says no path.
    const nameless = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', errno: -5, syscall: 'write' });
    expect(renderError(nameless)).toEqual({ text: 'munit: the disk reports an error.\n  Check the disk and its connection, and start the command again.\n', exitCode: 3 });
    expect(renderError(of('EXDEV', 'EXDEV: cross-device link')).text).toContain('EXDEV: cross-device link');
    const missing = await rename(join(work, 'never-there'), join(work, 'b')).catch((error: unknown) => error);
    expect(renderError(missing)).toEqual({ text: `munit: ${join(work, 'never-there')} (or ${join(work, 'b')}): it does not exist.\n  Check the path; if it was there before, something has removed it meanwhile.\n`, exitCode: 3 });
    // An error of the network has no file.
    expect(renderError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' })).exitCode).toBe(1);
  });
});

it('munit train offers every preset that there is', async () => {
  const { code, out } = await munit(['train', '--help']);
  expect(code).toBe(0);
  const offered = /--preset[^]*?choices:([^)]*)\)/.exec(out)?.[1] ?? '';
  expect([...offered.matchAll(/"([^"]+)"/g)].map(([, name]) => name)).toEqual(expect.arrayContaining([...presetNames]));
});
