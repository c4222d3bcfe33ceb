import type { PixelImage } from '@munit/images';
import { describe, expect, it } from 'vitest';
import { keyedRng } from '../../sampling/keyedRng.js';
import { renderA } from '../render/renderA.js';
import { renderB } from '../render/renderB.js';
import { silhouetteOf } from '../render/silhouette.js';
import { sampleContent, sampleStyle } from '../sample.js';
import { families, hueModes, lights, textures } from '../types.js';
import type { Content, Style } from '../types.js';
import { guidedAccuracy, styleConsistency } from './agreement.js';
import { contentIoU, intersectionOverUnion } from './contentIoU.js';
import { hueDivergence, jensenShannon, kullbackLeibler, lightsCovered, modesCovered, texturesCovered } from './diversity.js';
import { foregroundOf } from './foreground.js';
import { hueModeOf } from './hueMode.js';
import { benchmarkFigures } from './report.js';
import { lightOf, textureOf } from './textureAndLight.js';

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

describe.each([32, 64, 128])('on ground truth at %i px', (size) => {
  it.each([['white', 128], ['soft', 32]] as const)('content IoU is at least 0.97 and hue, texture and light are right (%s background)', (background, count) => {
    let worst = 1;
    const wrong = { hue: 0, texture: 0, light: 0 };
    for (let i = 0; i < count; i++) {
      const truth = style(i, background);
      const image = renderB(content(i), truth, size);
      worst = Math.min(worst, contentIoU(image, content(i)));
      if (hueModeOf(image) !== truth.hueMode) wrong.hue++;
      if (textureOf(image) !== truth.texture) wrong.texture++;
      if (lightOf(image) !== truth.light) wrong.light++;
    }
    expect(worst).toBeGreaterThanOrEqual(0.97);
    expect(wrong.hue).toBe(0);
    expect(wrong.texture).toBe(0);
    expect(wrong.light).toBeLessThanOrEqual(count / 100);
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

  it('cover one mode, agree with one example in eight', () => {
    const red = renderB(content(3), style(0), 32);
    const examples = Array.from({ length: 8 }, (_, i) => renderB(content(i), style(i), 32));
    expect(modesCovered(new Array<PixelImage>(20).fill(red))).toBe(1);
    expect(guidedAccuracy(new Array<PixelImage>(8).fill(red), examples)).toBe(1 / 8);
    expect(guidedAccuracy(examples.map((_, i) => renderA(content(i), 32)), examples)).toBe(0);
    const { kl, js } = hueDivergence(new Array<PixelImage>(20).fill(red));
    expect(kl).toBeCloseTo(Math.log(8), 10);
    expect(js).toBeCloseTo(0.5 * (Math.log(1 / (9 / 16)) + Math.log(1 / 8 / (9 / 16)) / 8 + (7 / 8) * Math.log(2)), 10);
  });
});

describe('diversity', () => {
  it('counts what is there', () => {
    const images = Array.from({ length: 128 }, (_, i) => renderB(content(0), style(i), 64));
    expect(modesCovered(images)).toBe(8);
    expect(texturesCovered(images)).toBe(4);
    expect(lightsCovered(images)).toBe(4);
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

  it('takes grey pictures', () => {
    const grey: PixelImage = { width: 16, height: 16, channels: 1, data: new Uint8Array(256).fill(255) };
    grey.data.fill(0, 100, 110);
    expect(foregroundOf(grey).data.reduce((sum, v) => sum + v, 0)).toBe(10);
  });
});

describe('benchmarkFigures', () => {
  it('is perfect for the truth', () => {
    const random = [0, 1, 2].map((c) => ({ content: content(c), outputs: Array.from({ length: 32 }, (_, s) => renderB(content(c), style(4 * s + (s >> 3)), 64)) }));
    const guided = [0, 1, 2].map((c) => ({ content: content(c), output: renderB(content(c), style(c), 64), example: renderB(content(9 - c), style(c), 64) }));
    const figures = benchmarkFigures({ random, guided });
    expect(figures.contentIoU).toBeGreaterThan(0.99);
    expect(figures.guidedAccuracy).toBe(1);
    expect(figures.styleConsistency).toBe(1);
    expect(figures.hueUndecided).toBe(0);
    expect(figures.texturesCovered).toBe(4);
    expect(Number.isNaN(benchmarkFigures({ random: random.slice(0, 1), guided: [] }).guidedAccuracy)).toBe(true);
    expect(() => benchmarkFigures({ random: [], guided: [] })).toThrow('at least one input');
  });
});
