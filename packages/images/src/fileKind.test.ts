import sharp from 'sharp';
import { expect, it } from 'vitest';
import { fileKindOf } from './fileKind.js';

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('recognizes %s as sharp writes it', async (format) => {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).toFormat(format).toBuffer();
  expect(fileKindOf(bytes)?.format).toBe(format);
});

// The first bytes as the formats' specifications have them.
it.each([
  ['BM\x3a\0\0\0\0\0\0\0\x36\0\0\0', 'a BMP file'],
  ['P6\n2 2\n255\n', 'a PNM file'],
  ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'a HEIC file'],
  ['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'an AVIF image'],
  ['\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'a film (MP4)'],
  ['\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'a film (QuickTime)'],
  ['\x1aE\xdf\xa3\x01\0\0\0', 'a film (Matroska or WebM)'],
  ['RIFF\x10\0\0\0AVI LIST', 'a film (AVI)'],
  ['\x1f\x8b\x08\0', 'a gzip archive'],
  ['<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="1">', 'an SVG drawing'],
  ['\xef\xbb\xbf<svg>', 'an SVG drawing'],
  ['\xff\xfe<\0s\0v\0g\0>\0', 'an SVG drawing'],
  ['<!DOCTYPE html>', 'a web page'],
  ['version https://git-lfs.github.com/spec/v1\noid sha256:', 'a pointer of Git LFS'],
])('%j is %s', (start, what) => {
  expect(fileKindOf(latin1(start))?.what).toBe(what);
});

it('does not guess', () => {
  for (const text of ['', 'a', 'not an image', 'P2 of 7', 'RIF', 'ftyp']) expect(fileKindOf(latin1(text))).toBe(undefined);
});
