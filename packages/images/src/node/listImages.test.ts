import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DataError } from '@munit/core/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listImages } from './listImages.js';
import { kindOfFileAt, readImageFile } from './readImageFile.js';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'munit-images-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), 'x');
  }
}

/** A path whose last part is not UTF-8. */
const latin1 = (name: string): Buffer => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, 'latin1')]);

describe('listImages', () => {
  it('finds images below the folder by extension in any case, sorted, and names the other files', async () => {
    touch('b.PNG', 'a.JPeG', 'deep/er/c.webp', 'notes.txt', '.hidden.png', '._a.jpg', '.git/x.png', 'B.jpg', 'd.heic');
    expect(await listImages(dir)).toEqual({ images: ['B.jpg', 'a.JPeG', 'b.PNG', 'd.heic', 'deep/er/c.webp'], ignored: ['notes.txt'], unusable: [] });
  });

  it('follows links to files and folders, but not in circles', async () => {
    touch('real/a.png');
    symlinkSync(join(dir, 'real'), join(dir, 'link'));
    symlinkSync(dir, join(dir, 'real', 'loop'));
    symlinkSync(join(dir, 'nowhere'), join(dir, 'dangling.png'));
    expect((await listImages(dir)).images).toEqual(['dangling.png', 'link/a.png', 'real/a.png']);
  });

  it('says what is wrong with a folder', async () => {
    touch('file');
    await expect(listImages(join(dir, 'none'))).rejects.toThrow(`${join(dir, 'none')} does not exist`);
    await expect(listImages(join(dir, 'caf\uFFFD'))).rejects.toThrow('does not exist, or its name is not UTF-8');
    await expect(listImages(join(dir, 'file'))).rejects.toThrow('is not a folder');
    await expect(listImages(join(dir, 'none'))).rejects.toBeInstanceOf(DataError);
  });

  it('passes over pipes and names that are not UTF-8, and names them', async () => {
    touch('a.png');
    execFileSync('mkfifo', [join(dir, 'p.png'), join(dir, 'pipe.txt')]);
    symlinkSync(join(dir, 'p.png'), join(dir, 'q.png'));
    symlinkSync('/dev/zero', join(dir, 'zero.png'));
    writeFileSync(latin1('caf\xe9.png'), 'x');
    mkdirSync(latin1('d\xe9'));
    writeFileSync(latin1('d\xe9/b.png'), 'x');
    expect(await listImages(dir)).toEqual({
      images: ['a.png'],
      ignored: ['pipe.txt'],
      unusable: [
        { name: 'caf\\xE9.png', reason: 'has a name that is not UTF-8' },
        { name: 'd\\xE9', reason: 'has a name that is not UTF-8' },
        { name: 'p.png', reason: 'is a named pipe, not an image file' },
        { name: 'q.png', reason: 'is a named pipe, not an image file' },
        { name: 'zero.png', reason: 'is a device, not an image file' },
      ],
    });
  });

  it('leaves out the runs of munit train, and a folder that it is asked to skip', async () => {
    touch('a.png', 'run/run.json', 'run/samples/1.png', 'out/a.png', 'half/run.json', 'half/b.png');
    mkdirSync(join(dir, 'run', 'checkpoints'));
    symlinkSync(join(dir, 'out'), join(dir, 'results'));
    expect(await listImages(dir, { skip: join(dir, 'out') })).toEqual({ images: ['a.png', 'half/b.png'], ignored: ['half/run.json', 'run/ (a run)'], unusable: [] });
    // Given itself, it is taken.
    expect((await listImages(join(dir, 'run'))).images).toEqual(['samples/1.png']);
  });

  it('names a folder that may not be opened, and continues', async () => {
    touch('a.png', 'locked/b.png');
    chmodSync(join(dir, 'locked'), 0);
    // Nothing is forbidden to root: somebody else looks.
    const isRoot = process.getuid?.() === 0;
    chmodSync(dir, 0o755);
    if (isRoot) process.seteuid?.(65534);
    try {
      expect(await listImages(dir)).toEqual({ images: ['a.png'], ignored: [], unusable: [{ name: 'locked/', reason: 'is a folder that may not be opened (permission denied)' }] });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

describe('readImageFile', () => {
  it('reads files, and nothing that may never end', async () => {
    touch('a.png');
    execFileSync('mkfifo', [join(dir, 'p.png')]);
    expect((await readImageFile(join(dir, 'a.png'))).toString()).toBe('x');
    const reason = (path: string): Promise<unknown> => readImageFile(path).then(() => 'fine', (error: unknown) => (error as { reason?: string }).reason);
    expect(await reason(join(dir, 'p.png'))).toBe('is a named pipe, not an image file');
    expect(await reason('/dev/zero')).toBe('is a device, not an image file');
    expect(await reason(dir)).toBe('is a folder, not an image file');
    expect(await reason(join(dir, 'none.png'))).toBe('does not exist');
    expect(await reason(join(dir, 'caf\uFFFD.png'))).toBe('has a name that is not UTF-8');
    expect(await reason(join(dir, 'a.png', 'b.png'))).toBe('does not exist (a part of its path is a file)');
    await expect(readImageFile(join(dir, 'none.png'))).rejects.toMatchObject({ remedy: { text: 'Check the path and its permissions.' } });
  });

  it('recognizes what is there by its content', async () => {
    writeFileSync(join(dir, 'x'), '%PDF-1.7\n');
    touch('y');
    expect(await kindOfFileAt(join(dir, 'x'))).toEqual({ what: 'a PDF document', format: undefined, advice: 'render it as a PNG' });
    for (const path of ['y', 'z', '.']) expect(await kindOfFileAt(join(dir, path))).toBe(undefined);
  });
});
