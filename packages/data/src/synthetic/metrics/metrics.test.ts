import type { PixelImage } from '@munit/images';
import { describe, expect, it } from 'vitest';
import { keyedRng } from '../../sampling/keyedRng.js';
import { renderA } from '../render/renderA.js';
import { renderB } from '../render/renderB.js';
import { silhouetteOf } from '../render/silhouette.js';
import { sampleContent, sampleStyle } from '../sample.js';
import { families, hueModes, lights, textures } from '../types.js';
import type { Content, Style } from '../types.js';
import { styleConsistency } from './agreement.js';
import { contentIoU, intersectionOverUnion } from './contentIoU.js';
import { hueDivergence, jensenShannon, kullbackLeibler, modesCovered } from './diversity.js';
import { benchmarkExpectations } from './expectations.js';
import { foregroundOf } from './foreground.js';
import { hueModeOf } from './hueMode.js';
import { BenchmarkTally } from './tally.js';
import { lightOf, shadingJudge, textureOf } from './textureAndLight.js';

function content(i: number): Content {
  return { ...sampleContent(keyedRng(1, i)), family: families[i % families.length]! };
}

/** All styles' modes in turn: every texture and light with every hue over 128 indices. */
function style(i: number, background: 'white' | 'soft' = 'white'): Style {
  const rng = keyedRng(2, i);
  const hueMode = i % hueModes.length;
  const hue = (45 * hueMode + 14 * (rng.uniform() - 0.5) + 360) % 360;
  return { ...sampleStyle(rng, { background }), hueMode, hue, texture: textures[(i >> 3) % 4]!, light: lights[(i >> 5) % 4]! };
}

function filled(size: number, red: number, green: number, blue: number): PixelImage {
  const data = new Uint8Array(size * size * 3);
  for (let p = 0; p < size * size; p++) data.set([red, green, blue], 3 * p);
  return { width: size, height: size, channels: 3, data };
}

// Pixels at the outline decide the IoU of small pictures: there the rim is as thin as an antialiased edge.
describe.each([[32, 0.94, 0.985], [64, 0.98, 0.998], [128, 0.99, 0.999]])('on ground truth at %i px', (size, least, leastMean) => {
  it.each([['white', 128], ['soft', 32]] as const)('content IoU is near 1 and hue, texture and light are right (%s background)', (background, count) => {
    let worst = 1;
    let mean = 0;
    const wrong = { hue: 0, texture: 0, light: 0 };
    for (let i = 0; i < count; i++) {
      const truth = style(i, background);
      const image = renderB(content(i), truth, size);
      const iou = contentIoU(image, content(i));
      worst = Math.min(worst, iou);
      mean += iou / count;
      if (hueModeOf(image) !== truth.hueMode) wrong.hue++;
      const { texture, light } = shadingJudge(content(i), size)(image);
      if (texture !== truth.texture) wrong.texture++;
      if (light !== truth.light) wrong.light++;
    }
    expect(worst).toBeGreaterThanOrEqual(least);
    expect(mean).toBeGreaterThanOrEqual(leastMean);
    expect(wrong.hue).toBe(0);
    expect(wrong.texture).toBe(0);
    expect(wrong.light).toBe(0);
  });
});

describe('degenerate outputs', () => {
  it('score low on content: blank 0, the copied outline and another shape well below', () => {
    let outline = 0;
    let other = 0;
    for (let i = 0; i < 50; i++) {
      expect(contentIoU(filled(64, 255, 255, 255), content(i))).toBe(0);
      expect(contentIoU(filled(64, 180, 20, 20), content(i))).toBe(0);
      outline += contentIoU(renderA(content(i), 64), content(i)) / 50;
      other += contentIoU(renderB(content(i + 7), style(i), 64), content(i)) / 50;
    }
    expect(outline).toBeLessThan(0.4);
    expect(other).toBeLessThan(0.7);
  });

  it('have no hue mode: blank, outline, grey fill, pale fill, rainbow', () => {
    expect(hueModeOf(filled(32, 255, 255, 255))).toBe(undefined);
    expect(hueModeOf(renderA(content(1), 32))).toBe(undefined);
    expect(hueModeOf(renderB(content(1), { ...style(0), saturation: 0 }, 32))).toBe(undefined);
    expect(hueModeOf(renderB(content(1), { ...style(0), saturation: 0.1 }, 32))).toBe(undefined);
    const rainbow = renderB(content(0), style(0), 64);
    const parts = [0, 1, 2].map((k) => renderB(content(0), style(k), 64).data);
    for (let p = 0; p < 64 * 64; p++) rainbow.data.set(parts[p % 3]!.subarray(3 * p, 3 * p + 3), 3 * p);
    expect(hueModeOf(rainbow)).toBe(undefined);
  });

  it('cover one mode', () => {
    const red = renderB(content(3), style(0), 32);
    expect(modesCovered(new Array<PixelImage>(20).fill(red))).toBe(1);
    const { kl, js } = hueDivergence(new Array<PixelImage>(20).fill(red));
    expect(kl).toBeCloseTo(Math.log(8), 10);
    expect(js).toBeCloseTo(0.5 * (Math.log(1 / (9 / 16)) + Math.log(1 / 8 / (9 / 16)) / 8 + (7 / 8) * Math.log(2)), 10);
  });
});

describe('diversity', () => {
  it('counts what is there', () => {
    const images = Array.from({ length: 128 }, (_, i) => renderB(content(0), style(i), 64));
    expect(modesCovered(images)).toBe(8);
    expect(new Set(images.map((image) => textureOf(image, content(0))))).toEqual(new Set(textures));
    expect(new Set(images.map((image) => lightOf(image, content(0))))).toEqual(new Set(lights));
    expect(hueDivergence(images)).toEqual({ kl: 0, js: 0, undecided: 0 });
    expect(modesCovered(images.slice(0, 3))).toBe(3);
    expect(modesCovered(images, silhouetteOf(content(0), 64))).toBe(8);
  });

  it('divergences have their closed forms', () => {
    expect(kullbackLeibler([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 12);
    expect(kullbackLeibler([1, 0], [0, 1])).toBe(Infinity);
    expect(jensenShannon([1, 0], [0, 1])).toBeCloseTo(Math.log(2), 12);
  });
});

describe('agreement', () => {
  it('is 1 when a style code keeps its hue on other contents, 0 when it never does', () => {
    const same = [0, 1].map((s) => [0, 1, 2].map((c) => renderB(content(c), style(s), 32)));
    expect(styleConsistency(same)).toBe(1);
    expect(styleConsistency([[0, 1, 2].map((s) => renderB(content(s), style(s), 32))])).toBe(0);
    expect(styleConsistency([[0, 0, 1].map((s, c) => renderB(content(c), style(s), 32))])).toBe(1 / 3);
    expect(() => styleConsistency([[renderA(content(0), 32)]])).toThrow('two outputs');
  });
});

describe('foregroundOf', () => {
  it('finds a square by half of its distance from the background, and leaves holes open', () => {
    const image = filled(16, 240, 240, 255);
    for (let y = 4; y < 12; y++) for (let x = 4; x < 12; x++) image.data.set(y > 5 && y < 10 && x > 5 && x < 10 ? [240, 240, 255] : [200, 30, 30], 3 * (16 * y + x));
    const mask = foregroundOf(image);
    expect(mask.data.reduce((sum, v) => sum + v, 0)).toBe(48);
    expect(intersectionOverUnion(mask, mask)).toBe(1);
    expect(intersectionOverUnion(mask, { ...mask, data: new Uint8Array(256) })).toBe(0);
  });

  it('finds the whole of a shape that is pale within a deep rim, and its antialiased edges by half of what is beside them', () => {
    // By hand: a rim of distance 240 around a middle of 110, less than half of it; outside, pixels that the rim covers by 40 and by 60 %.
    const image = filled(16, 255, 255, 255);
    for (let y = 4; y < 12; y++) for (let x = 4; x < 12; x++) image.data.set(y > 4 && y < 11 && x > 4 && x < 11 ? [255, 145, 145] : [255, 15, 15], 3 * (16 * y + x));
    for (let y = 4; y < 12; y++) {
      image.data.set([255, 159, 159], 3 * (16 * y + 3));
      image.data.set([255, 111, 111], 3 * (16 * y + 12));
    }
    const { data } = foregroundOf(image);
    const row = [...data.subarray(16 * 7, 16 * 8)];
    expect(row).toEqual([0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0]);
  });

  it('takes grey pictures', () => {
    const grey: PixelImage = { width: 16, height: 16, channels: 1, data: new Uint8Array(256).fill(255) };
    grey.data.fill(0, 100, 110);
    expect(foregroundOf(grey).data.reduce((sum, v) => sum + v, 0)).toBe(10);
  });
});

/** What `render` makes of 16 inputs with 64 random styles and one example each. */
function tallied(render: (content: Content, style: Style) => PixelImage): BenchmarkTally {
  const tally = new BenchmarkTally();
  for (let i = 0; i < 16; i++) {
    tally.addRandom(content(i), Array.from({ length: 64 }, (_, k) => render(content(i), style(2 * k + (k >> 5)))));
    tally.addGuided({ content: content(i), output: render(content(i), style(8 * i)), style: style(8 * i) });
  }
  return tally;
}

describe('BenchmarkTally', () => {
  it('is perfect for the truth', () => {
    const figures = tallied((c, s) => renderB(c, s, 32)).figures();
    expect(figures.contentIoU).toBeGreaterThan(0.99);
    expect(figures).toMatchObject({ modesCovered: 8, texturesCovered: 4, lightsCovered: 4, guidedAccuracy: 1, guidedTexture: 1, guidedLight: 1, styleConsistency: 1, hueUndecided: 0 });
  });

  it('is at chance for a model that ignores styles, and low for one that draws no shape', () => {
    const collapsed = tallied((c) => renderB(c, style(0), 32)).figures();
    // The examples show hue 0 each; of 16 each texture and light is shown by 4.
    expect(collapsed).toMatchObject({ modesCovered: 1, texturesCovered: 1, lightsCovered: 1, guidedTexture: 1 / 4, guidedLight: 1 / 4, styleConsistency: 1 });
    expect(collapsed.hueKl).toBeCloseTo(Math.log(8), 10);
    const blank = tallied(() => filled(32, 255, 255, 255)).figures();
    expect(blank).toMatchObject({ contentIoU: 0, modesCovered: 0, texturesCovered: 0, guidedTexture: 0, guidedLight: 0, hueUndecided: 1, styleConsistency: 0 });
  });

  it('judges textures in one light', () => {
    const unlit = tallied((c, s) => renderB(c, { ...s, light: 'bright' }, 32)).figures();
    expect(unlit).toMatchObject({ lightsCovered: 1, guidedLight: 1 / 4, texturesCovered: 4, guidedTexture: 1, guidedAccuracy: 1 });
  });

  it('judges lights of one texture', () => {
    const even = tallied((c, s) => renderB(c, { ...s, texture: 'deep' }, 32)).figures();
    expect(even).toMatchObject({ texturesCovered: 1, guidedTexture: 1 / 4, lightsCovered: 4, guidedLight: 1 });
  });

  it('gives its figures as functions of resampled inputs', () => {
    const tally = new BenchmarkTally();
    tally.addRandom(content(0), [renderB(content(0), style(0), 32), renderB(content(0), style(1), 32)]);
    tally.addRandom(content(1), [renderB(content(1), style(0), 32), renderB(content(1), style(0), 32)]);
    const { modesCovered: covered, hueKl, guidedAccuracy, styleConsistency: consistency } = tally.resampled();
    expect([covered.count, covered.figure([1, 1]), covered.figure([2, 0]), covered.figure([0, 2])]).toEqual([2, 1.5, 2, 1]);
    expect(hueKl.figure([0, 1])).toBeCloseTo(Math.log(8), 10);
    expect(hueKl.figure([1, 0])).toBeCloseTo(Math.log(4), 10);
    expect([consistency.count, consistency.figure([1, 1]), consistency.figure([2, 0])]).toEqual([2, 0.5, 1]);
    expect(guidedAccuracy.count).toBe(0);
    expect(tally.figures().guidedAccuracy).toBeNaN();
    expect(() => new BenchmarkTally().figures()).toThrow('at least one input');
  });
});

describe('benchmarkExpectations', () => {
  it('are what drawing from the truth gives', () => {
    const { modesCovered: covered, texturesCovered, hueKl, hueJs } = benchmarkExpectations(20);
    expect(covered.perfect).toBeCloseTo(7.4463, 4);
    expect(texturesCovered.perfect).toBeCloseTo(3.9873, 4);
    expect(benchmarkExpectations(100).modesCovered.perfect).toBeCloseTo(8, 4);
    // One draw is one mode.
    expect(benchmarkExpectations(1).hueKl.perfect).toBeCloseTo(Math.log(8), 12);
    const rng = keyedRng(9);
    let [modes, kl, js] = [0, 0, 0];
    for (let trial = 0; trial < 4000; trial++) {
      const counts = new Array<number>(8).fill(0);
      for (let k = 0; k < 20; k++) counts[rng.integer(8)]!++;
      const shares = counts.map((count) => count / 20);
      modes += counts.filter((count) => count > 0).length / 4000;
      kl += kullbackLeibler(shares, shares.map(() => 1 / 8)) / 4000;
      js += jensenShannon(shares, shares.map(() => 1 / 8)) / 4000;
    }
    expect(Math.abs(modes - covered.perfect)).toBeLessThan(0.05);
    expect(Math.abs(kl - hueKl.perfect)).toBeLessThan(0.008);
    expect(Math.abs(js - hueJs.perfect)).toBeLessThan(0.003);
    expect(() => benchmarkExpectations(0)).toThrow("'styles'");
  });
});
