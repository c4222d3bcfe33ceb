import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/images.js';
import { animalFigures, type AnimalOutputs, judgeAnimals, resampledAnimalFigures, animalSilhouette, coatMask, coats, colourUnder, parseAnimalTruth } from '../../animals/index.js';
import { intersectionOverUnion } from '../../synthetic/index.js';
import { loadAnimalShapes } from './loadShapes.js';
import { readAnimalPairs, readAnimalTruth } from './readAnimalSet.js';
import { renderAnimal } from './renderAnimal.js';
import { writeAnimalSet } from './writeAnimalSet.js';

let dir: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ dir, remove } = await temporaryFolder()));
afterAll(() => remove());

/** The sum of all files of a folder, by name. */
async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).sort();
  for (const name of names) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

describe('writeAnimalSet', () => {
  it('writes four folders, the licence, and a truth that holds for the pictures', async () => {
    const progress: number[] = [];
    await writeAnimalSet(join(dir, 'set'), { size: 64, seed: 3, count: 6, testCount: 4, vary: 0.3, onProgress: ({ done }) => progress.push(done) });
    expect(progress.at(-1)).toBe(20);
    const truth = parseAnimalTruth(await readFile(join(dir, 'set', 'truth.json'), 'utf8'));
    for (const [folder, count] of [['trainA', 6], ['trainB', 6], ['testA', 4], ['testB', 4]] as const) {
      expect((await readdir(join(dir, 'set', folder))).sort()).toEqual(Object.keys(truth[folder]));
      expect(Object.keys(truth[folder])).toHaveLength(count);
    }
    expect(truth.testA).toEqual(truth.testB);
    expect(await readFile(join(dir, 'set', 'LICENSE.txt'), 'utf8')).toContain('Copyright (c) 2021 Roman Lukashik');
    for (const [name, { coat }] of Object.entries(truth.trainB)) {
      const { width, height, data } = decode(await readFile(join(dir, 'set', 'trainB', name)));
      const image = { width, height, channels: 3 as const, data: Uint8Array.from(data) };
      expect([width, height]).toEqual([64, 64]);
      // More than a tenth of the picture is nothing but coat.
      expect(coatMask(image, coat).data.reduce((sum, bit) => sum + bit, 0)).toBeGreaterThan(410);
      expect(colourUnder(image, coatMask(image, coat))).toEqual(coats[coat]!.rgb);
    }
  });

  it('writes the same bytes again, and others for another seed', async () => {
    const make = async (name: string, seed: number): Promise<string> => {
      await writeAnimalSet(join(dir, name), { size: 32, seed, count: 3, testCount: 1 });
      return digest(join(dir, name));
    };
    const [first, again, other] = [await make('first', 1), await make('again', 1), await make('other', 2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('draws lines that have the silhouette of the picture in colour, in black on white', async () => {
    const { shapes } = await loadAnimalShapes();
    for (let ears = 0; ears < 14; ears++) {
      const parts = { ears, muzzle: ears, eyes: ears % 8, brows: ears % 3, patch: ears % 3, hair: ears % 4 };
      const sample = { content: { parts, pose: { turn: 0, scale: 0.9, x: 0, y: 0, line: 8 / 440 } }, coat: ears % 12 };
      const [lines, colour] = [await renderAnimal(shapes, sample, 'a', 128), await renderAnimal(shapes, sample, 'b', 128)];
      // All but the outer half of the lines.
      expect(intersectionOverUnion(animalSilhouette(lines), animalSilhouette(colour))).toBeGreaterThan(0.9);
      expect(lines.data.every((value, i) => value === lines.data[i - (i % 3)])).toBe(true);
    }
  });

  it('says why it cannot write, and stops when aborted', async () => {
    await writeFile(join(dir, 'file'), '');
    const options = { size: 32, seed: 1, count: 1 };
    await expect(writeAnimalSet(join(dir, 'file'), options)).rejects.toMatchObject({ code: 'DATA' });
    await expect(writeAnimalSet(join(dir, 'stop'), { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(writeAnimalSet(dir, { ...options, size: 1024 })).rejects.toThrow('from 16 to 512; got 1024.');
    await expect(writeAnimalSet(dir, { ...options, vary: 2 })).rejects.toThrow("'vary' must be from 0 to 1; got 2.");
  });
});

describe('the judge', () => {
  it('gives the truth full marks, and what is missing from it in blanks, copies and blurred faces', async () => {
    const truth = await readAnimalTruth(join(dir, 'set'));
    const pairs = await readAnimalPairs(join(dir, 'set'), truth!, 9);
    expect(pairs).toHaveLength(4);
    const { shapes } = await loadAnimalShapes();
    const { testA } = truth!;
    const inAllCoats = await Promise.all(Object.values(testA).map((sample) => Promise.all(coats.map((_, coat) => renderAnimal(shapes, { ...sample, coat }, 'b', 64)))));
    const perfect = animalFigures(judgeAnimals({
      random: pairs.map((pair, i) => ({ truth: pair.truth, outputs: inAllCoats[i]! })),
      guided: pairs.map((pair, i) => ({ truth: pair.truth, output: inAllCoats[i]![(i * 5) % 12]!, coat: (i * 5) % 12 })),
    }));
    expect(perfect).toMatchObject({ coatsCovered: 12, coatsCoveredOverall: 12, coatUndecided: 0, guidedCoat: 1 });
    expect(perfect.contentIoU).toBeGreaterThan(0.98);
    expect(perfect.guidedColourError).toBeLessThan(0.5);
    expect(perfect.detail).toBeGreaterThan(0.95);

    // Parts that were judged apart, and went through JSON, are worth what the whole is.
    const inTwo = [pairs.slice(0, 1), pairs.slice(1)].map((part) => judgeAnimals({ random: part.map((pair) => ({ truth: pair.truth, outputs: inAllCoats[pairs.indexOf(pair)]! })), guided: [] }));
    const joined = { random: (JSON.parse(JSON.stringify(inTwo)) as typeof inTwo).flatMap(({ random }) => random), guided: [] };
    const { contentIoU, coatsCovered: covered, detail } = animalFigures(judgeAnimals({ random: pairs.map((pair, i) => ({ truth: pair.truth, outputs: inAllCoats[i]! })), guided: [] }));
    expect(animalFigures(joined)).toMatchObject({ contentIoU, coatsCovered: covered, detail });

    // A drawing that is drawn twice counts twice: 2 coats twice and 11 once.
    const uneven: AnimalOutputs = { random: pairs.map((pair, i) => ({ truth: pair.truth, outputs: inAllCoats[i]!.slice(0, 2 + 3 * i) })), guided: [] };
    const { coatsCovered, coatsCoveredOverall, guidedCoat } = resampledAnimalFigures(judgeAnimals(uneven));
    expect([coatsCovered.figure([2, 0, 0, 1]), coatsCoveredOverall.figure([4, 0, 0, 0]), coatsCovered.count, guidedCoat.count]).toEqual([5, 2, 4, 0]);

    const judge = (outputOf: (pair: (typeof pairs)[number]) => (typeof pairs)[number]['drawing']) =>
      animalFigures(judgeAnimals({ random: pairs.map((pair) => ({ truth: pair.truth, outputs: [outputOf(pair)] })), guided: pairs.map((pair) => ({ truth: pair.truth, output: outputOf(pair), coat: pair.truth.coat })) }));
    const blank = judge(({ drawing }) => ({ ...drawing, data: drawing.data.map(() => 255) }));
    expect(blank).toMatchObject({ contentIoU: 0, coatsCovered: 0, coatUndecided: 1, guidedCoat: 0, detail: 0 });
    // A copied drawing keeps silhouette and face; it has no coat.
    const copy = judge(({ drawing }) => drawing);
    expect(copy).toMatchObject({ coatsCovered: 0, coatUndecided: 1, guidedCoat: 0 });
    expect(copy.contentIoU).toBeGreaterThan(0.85);
    // A face without features: all of the silhouette in the coat's colour.
    const plain = judge(({ truth: { image, coat } }) => {
      const inside = animalSilhouette(image);
      return { ...image, data: image.data.map((value, i) => (inside.data[Math.floor(i / 3)] === 1 ? coats[coat]!.rgb[i % 3]! : value)) };
    });
    expect(plain).toMatchObject({ guidedCoat: 1, guidedColourError: 0 });
    expect(plain.detail).toBeLessThan(0.35);
  });

  it('names a set whose pictures are not what its truth says', async () => {
    const truth = await readAnimalTruth(join(dir, 'set'));
    await expect(readAnimalPairs(join(dir, 'set'), { ...truth!, size: 32 }, 1)).rejects.toThrow('is 64×64, but truth.json says 32×32');
    await expect(readAnimalPairs(join(dir, 'first'), truth!, 3)).rejects.toMatchObject({ code: 'DATA' });
    expect(await readAnimalTruth(dir)).toBeUndefined();
  });
});
