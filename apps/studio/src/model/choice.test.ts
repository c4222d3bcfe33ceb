import { expect, it } from 'vitest';
import { choiceOfFiles, fromLink, isAddress, isModelFile, type ModelChoice, nameOf, toLink } from './choice.js';
import { describeStep } from './progress.js';

it.each<ModelChoice>([
  { kind: 'bundled', id: 'animals' },
  { kind: 'bundled', id: 'shapes' },
  { kind: 'address', address: 'hf:owner/edges2shoes' },
  { kind: 'address', address: 'https://example.org/models/edges2shoes/' },
])('a link names a model that can be had anywhere: %j', (choice) => {
  expect(fromLink(toLink(choice))).toEqual(choice);
});

it('a link has of the files of the user only their name, and nothing for what it does not know', () => {
  const choice = choiceOfFiles([new File(['x'], 'gen_01000000.pt')]);
  expect(nameOf(choice)).toBe('gen_01000000.pt');
  expect(fromLink(toLink(choice))).toEqual({ kind: 'elsewhere', name: 'gen_01000000.pt' });
  expect([fromLink('none'), fromLink(undefined)]).toEqual([undefined, { kind: 'bundled', id: 'animals' }]);
  expect([fromLink('Shapes'), fromLink('shoes')]).toEqual([{ kind: 'bundled', id: 'shapes' }, { kind: 'unknown', text: 'shoes' }]);
  expect(nameOf({ kind: 'address', address: 'https://example.org/models/edges2shoes/' })).toBe('edges2shoes');
});

it('takes of a folder what makes a model', () => {
  const files = ['README.md', 'model.json', 'model.safetensors'].map((name) => new File(['x'], name));
  const choice = choiceOfFiles(files);
  expect(choice.kind === 'files' && choice.files.map(({ name }) => name)).toEqual(['model.json', 'model.safetensors']);
  expect(['a.pt', 'B.PTH', 'model.json', 'other.json', 'a.png'].map(isModelFile)).toEqual([true, true, true, false, false]);
  expect(['hf:a/b', 'https://x.org/m', 'hf:a', 'x.org', 'file:///etc'].map(isAddress)).toEqual([true, true, false, false, false]);
});

it('takes of several official checkpoints the newest generator', () => {
  const files = ['gen_00000005.pt', 'gen_00000010.pt', 'dis_00000010.pt', 'optimizer.pt'].map((name) => new File(['x'], name));
  const choice = choiceOfFiles(files, 'checkpoints');
  expect([nameOf(choice), choice.kind === 'files' && choice.files.map(({ name }) => name)]).toEqual(['checkpoints, gen_00000010.pt', ['gen_00000010.pt']]);
});

it('says how far loading is', () => {
  expect(describeStep({ kind: 'download', file: 'model.safetensors', loaded: 1.25e6, total: 2.5e6 })).toEqual({ label: 'Fetching model.safetensors: 1.3 MB of 2.5 MB', fraction: 0.5 });
  expect(describeStep({ kind: 'download', file: 'model.safetensors', loaded: 30e6, total: undefined })).toEqual({ label: 'Fetching model.safetensors: 30 MB', fraction: undefined });
  expect(describeStep({ kind: 'cache', file: 'model.json', event: 'read', loaded: 500, total: 1000 }).fraction).toBe(0.5);
});
