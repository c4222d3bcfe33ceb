import { OutOfMemoryError, type Remedy, type RemedyId } from '@munit/core';
import { expect, it } from 'vitest';
import { renderError } from './errors.js';
import { type CliIo, run } from './index.js';
import { wordingOf } from './remedies.js';

const examples: { readonly [Id in RemedyId]: Extract<Remedy, { readonly id: Id }> } = {
  advice: { id: 'advice', text: 'Free some space.' },
  overwrite: { id: 'overwrite', text: 'set overwrite' },
  'start-over': { id: 'start-over', text: 'resume: false' },
  'replace-file': { id: 'replace-file', text: 'resume: false' },
  'set-memory-limit': { id: 'set-memory-limit', text: 'set memoryLimit' },
  'scale-image': { id: 'scale-image', width: 640, height: 480, text: 'Scale it.' },
  'leave-out': { id: 'leave-out', option: 'dtype', instead: 'write munit or safetensors', text: 'Leave out dtype.' },
  'skip-verify': { id: 'skip-verify', text: 'verify: false' },
  'write-float32': { id: 'write-float32', text: "dtype: 'float32'" },
  'no-styles': { id: 'no-styles', text: 'translate without a style' },
  'less-work': { id: 'less-work', text: 'call trim()' },
  'reopen-device': { id: 'reopen-device', text: "openDevice('webgpu')" },
  'rewrite-synthetic-set': { id: 'rewrite-synthetic-set', text: '`writeSyntheticSet`' },
};

async function helpOf(command: readonly string[]): Promise<string> {
  let out = '';
  const io: CliIo = { stdout: { write: (text) => (out += text) }, stderr: { write: () => {} }, onInterrupt: () => () => {}, exitNow: () => {} };
  const none = (): Promise<number> => Promise.resolve(0);
  await run([...command, '--help'], io, { train: none, evaluate: none, translate: none, convert: none });
  return out;
}

it('names options that there are, and no function of the library', async () => {
  const help = (await Promise.all([['train'], ['evaluate'], ['translate'], ['convert'], ['data', 'synthetic']].map(helpOf))).join('\n');
  // `--no-resume` is `--resume` turned off.
  const offered = new Set([...help.matchAll(/--[a-z-]+/g)].flatMap(([flag]) => [flag, flag.replace('--no-', '--')]));
  for (const remedy of Object.values(examples)) {
    const text = wordingOf(remedy);
    const named = [...text.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
    expect(named.filter((flag) => !offered.has(flag)), text).toEqual([]);
    if (remedy.id !== 'advice') expect(text).not.toContain(remedy.text);
    expect(text).not.toMatch(/\(\)|memoryLimit|writeSynthetic|resume: false|verify: false|'float32'/);
  }
  expect(wordingOf(examples['scale-image'])).toContain('640×480');
  expect(wordingOf(examples['leave-out'])).toBe('Leave out --dtype, or write munit or safetensors.');
});

it('takes the place of the text in what is printed', () => {
  const error = new OutOfMemoryError('The GPU ran out of memory.', { remedy: examples['less-work'] });
  expect(renderError(error).text).toBe('munit: The GPU ran out of memory.\n  Use smaller images, a smaller batch or width, or another --device.\n');
});

it('of a kind that this program does not know speaks for itself', () => {
  expect(wordingOf({ id: 'new', text: 'Do something new.' } as unknown as Remedy)).toBe('Do something new.');
});
