/** The tables say the same, each in its language: that a key is missing or one too many is an error of types. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chinese } from './chinese/table.js';
import { english } from './english/table.js';
import { german } from './german/table.js';
import type { Words } from './types.js';

type Text = string | ((...values: readonly unknown[]) => string);

/** Every text by its path: `image.add`. */
function textsOf(table: object, path = ''): [path: string, text: Text][] {
  return Object.entries(table).flatMap(([key, value]: [string, object | Text]) => (typeof value === 'object' ? textsOf(value, `${path}${key}.`) : [[`${path}${key}`, value]]));
}

/** Stands for a text and for a number: `‹0›` where it is written, a number where it is counted. */
const mark = (place: number, number: number): unknown => ({ [Symbol.toPrimitive]: (hint: string) => (hint === 'number' ? number : `‹${place}›`), toLocaleString: () => `‹${place}›` });
const filled = (text: Text, number: number): string => (typeof text === 'string' ? text : text(...Array.from({ length: text.length }, (_, place) => mark(place, number))));
const marksIn = (text: string): string[] => [...new Set(text.match(/‹\d›/g) ?? [])].sort();

const reference = new Map(textsOf(english));
const tables: readonly (readonly [name: string, table: Words])[] = [
  ['English', english],
  ['German', german],
  ['Chinese', chinese],
];
const others = tables.slice(1);

describe.each(tables)('%s', (_, table) => {
  const texts = textsOf(table);

  it('has every text, none of them empty, and no other', () => {
    expect(texts.map(([path]) => path).sort()).toEqual([...reference.keys()].sort());
    expect(texts.filter(([, text]) => filled(text, 2).trim() === '').map(([path]) => path)).toEqual([]);
  });

  it('has no space at an end where English has none', () => {
    const ends = (text: string): string => `${text.match(/^\s*/)![0]}|${text.match(/\s*$/)![0]}`;
    // Where English has a colon after a name, Chinese continues the sentence: there is a space after Latin letters.
    const spaced = texts.filter(([path, text]) => path !== 'model.proposedAfter' && ends(filled(text, 2)) !== '|' && ends(filled(reference.get(path)!, 2)) === '|');
    expect(spaced.map(([path]) => path)).toEqual([]);
  });

  it('says each of the values that it is given, as English does, for one and for many', () => {
    for (const number of [1, 2, 5]) {
      for (const [path, text] of texts) expect([path, marksIn(filled(text, number))]).toEqual([path, marksIn(filled(reference.get(path)!, number))]);
    }
  });

  it('marks what English marks: strong, emphasised, code', () => {
    const marked = (text: string): number[] => [/\*\*[^*]+\*\*/g, /(?<!\*)\*[^*]+\*(?!\*)/g, /`[^`]+`/g].map((pattern) => text.match(pattern)?.length ?? 0);
    for (const [path, text] of texts) expect([path, marked(filled(text, 2))]).toEqual([path, marked(filled(reference.get(path)!, 2))]);
  });
});

it('says every value that a text takes', () => {
  const silent = [...reference].filter(([, text]) => typeof text !== 'string' && marksIn(filled(text, 2)).length !== text.length);
  expect(silent.map(([path]) => path)).toEqual([]);
});

it('has no text that nothing shows', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const shown = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^words\//.test(path.replaceAll('\\', '/')))
    .map((path) => readFileSync(`${root}/${path}`, 'utf8'))
    .join('\n');
  /** Read by a key that is a value of the state: `said[form]`, ``said[`${form}About`]``. */
  const computed = /^(page\.view|link\.fault|device\.(wishes|names)|keeping\.(forget|ask|images|models|runs|downloads)|exporting|bundled|kinds|settings\.(short|medium|long|auto|webgpu|simd)|losses|save\.(png|webp|jpeg)|evaluate\.(higher|lower))/;
  const unused = [...reference.keys()].filter((path) => !computed.test(path) && !new RegExp(`\\b${path.split('.').at(-1)}\\b`).test(shown));
  expect(unused).toEqual([]);
});

/** Names, symbols and words that are the same in German. */
const sameInGerman = new Set(['munit studio', 'Live', 'Format', 'Position', 'Pause', 'Training', 'GPU', 'CPU', 'GPU (WebGPU)', 'Threads', 'safetensors', 'PyTorch', 'ONNX', 'hf:owner/name', '‹0› %', '‹0› px', '‹0› s', '‹0› min', '‹0› h', 's‹0›', '‹0› Threads', '‹0›, ‹1›', '‹0› % – ‹1›']);

it('has no English left in German', () => {
  const same = textsOf(german).filter(([path, text]) => filled(text, 2) === filled(reference.get(path)!, 2) && !sameInGerman.has(filled(text, 2)));
  expect(same.map(([path, text]) => [path, filled(text, 2)])).toEqual([]);
  // Words that no German text has.
  const english_ = /\b(the|and|of|is|are|not|no|this|that|with|for|your|image|images|model|models|style|styles|file|choose|from|to|be)\b/i;
  const left = textsOf(german).filter(([, text]) => english_.test(filled(text, 2).replaceAll(/`[^`]*`|model\.json/g, '')));
  expect(left.map(([path, text]) => [path, filled(text, 2)])).toEqual([]);
});

/** What Chinese texts write in Latin letters. */
const latin =
  /munit|MUNIT|Studio|studio|Esc|GPU|WebGPU|CPU|WebAssembly|COOP|COEP|script-src|worker-src|wasm-unsafe-eval|blob:|hf:owner\/name|hf:|https:\/\/|https|model\.json|\.safetensors|safetensors|gen_….pt|\.zip|\.png|PyTorch|ONNX Runtime|ONNX|Hugging Face|Worker|WebP|JPEG|PNG|AVIF|SVG|MP4|H\.264|WebM|MOV|JSON|AlexNet|LPIPS|MB|px|slerp|lerp|NaN|munit translate|\bs(?=‹)/g;

it('has no English left in Chinese', () => {
  // The letters of the two sets come between Chinese characters.
  const left = textsOf(chinese).filter(([, text]) => /[A-Za-z]/.test(filled(text, 2).replaceAll(latin, '').replaceAll(/[AB] 组/g, '').replaceAll('translate', '')));
  expect(left.map(([path, text]) => [path, filled(text, 2)])).toEqual([]);
  // Neither the marks of English sentences.
  const marks = textsOf(chinese).filter(([, text]) => /[\u4e00-\u9fff][,.;:!?](?!png)|[,.;!?][\u4e00-\u9fff]/.test(filled(text, 2)));
  expect(marks.map(([path, text]) => [path, filled(text, 2)])).toEqual([]);
});

it.each(others)('calls things in %s by the names of the field', (name, table) => {
  const all = textsOf(table).map(([, text]) => filled(text, 2)).join('\n');
  const terms = name === 'German' ? ['Inhaltscode', 'Stilcode', 'Generatoren', 'Diskriminatoren', 'ungepaart', 'Lernrate'] : ['内容编码', '风格编码', '生成器', '判别器', '非配对图像', '学习率'];
  for (const term of terms) expect(all).toContain(term);
  expect(all).not.toMatch(/unpaare|unpaarig|Sie können Sie|你/);
});

it('counts as the languages do', () => {
  expect([1, 2, 1200].map((count) => english.keeping.images(count))).toEqual(['1 image', '2 images', '1,200 images']);
  expect([1, 2, 1200].map((count) => german.keeping.images(count))).toEqual(['1 Bild', '2 Bilder', '1.200 Bilder']);
  expect([1, 2, 1200].map((count) => chinese.keeping.images(count))).toEqual(['1 张图像', '2 张图像', '1,200 张图像']);
  expect([1, 3].map((count) => german.setup.left(count))).toEqual(['1 Datei ist kein Bild und wurde ausgelassen.', '3 Dateien sind keine Bilder und wurden ausgelassen.']);
});
