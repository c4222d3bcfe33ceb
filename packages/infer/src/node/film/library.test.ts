import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { makeFilm } from '../../../test/films.js';
import { openFilm } from './source.js';

const work = mkdtempSync(join(tmpdir(), 'munit-film-library-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it('without the packages that read films, they are asked for', async () => {
  const film = join(work, 'film.mp4');
  await makeFilm(film, { frames: 1 });
  vi.doMock('@mediabunny/server', () => {
    throw new Error("Cannot find package '@mediabunny/server'\nand more");
  });
  const error = await openFilm(film).then(() => undefined, (cause: unknown) => cause);
  vi.doUnmock('@mediabunny/server');
  expect(error).toMatchObject({
    code: 'DATA',
    problem: expect.stringMatching(/^Reading and writing films needs the packages mediabunny and @mediabunny\/server \(.+\)\.$/) as string,
    remedy: { text: 'Install them: npm install mediabunny @mediabunny/server. Or translate the frames as images: ffmpeg -i film.mp4 frames/%05d.png' },
  });
  expect(readdirSync(work)).toEqual(['film.mp4']);
});
