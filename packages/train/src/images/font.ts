/**
 * A font of 3×5 pixels for labels in image grids, so that a PNG explains itself without any text engine.
 * Small letters are drawn as capitals.
 */

/** Five rows of three pixels each, from top to bottom; `#` is ink. */
const glyphs: Readonly<Record<string, string>> = {
  A: '.#. #.# ### #.# #.#',
  B: '##. #.# ##. #.# ##.',
  C: '.## #.. #.. #.. .##',
  D: '##. #.# #.# #.# ##.',
  E: '### #.. ##. #.. ###',
  F: '### #.. ##. #.. #..',
  G: '.## #.. #.# #.# .##',
  H: '#.# #.# ### #.# #.#',
  I: '### .#. .#. .#. ###',
  J: '..# ..# ..# #.# .#.',
  K: '#.# #.# ##. #.# #.#',
  L: '#.. #.. #.. #.. ###',
  M: '#.# ### ### #.# #.#',
  N: '##. #.# #.# #.# #.#',
  O: '.#. #.# #.# #.# .#.',
  P: '##. #.# ##. #.. #..',
  Q: '.#. #.# #.# ##. .##',
  R: '##. #.# ##. #.# #.#',
  S: '.## #.. .#. ..# ##.',
  T: '### .#. .#. .#. .#.',
  U: '#.# #.# #.# #.# ###',
  V: '#.# #.# #.# #.# .#.',
  W: '#.# #.# ### ### #.#',
  X: '#.# #.# .#. #.# #.#',
  Y: '#.# #.# .#. .#. .#.',
  Z: '### ..# .#. #.. ###',
  0: '### #.# #.# #.# ###',
  1: '.#. ##. .#. .#. ###',
  2: '##. ..# .#. #.. ###',
  3: '##. ..# .#. ..# ##.',
  4: '#.# #.# ### ..# ..#',
  5: '### #.. ##. ..# ##.',
  6: '.## #.. ### #.# ###',
  7: '### ..# .#. .#. .#.',
  8: '### #.# ### #.# ###',
  9: '### #.# ### ..# ##.',
  '.': '... ... ... ... .#.',
  ',': '... ... ... .#. #..',
  ':': '... .#. ... .#. ...',
  '-': '... ... ### ... ...',
  '+': '... .#. ### .#. ...',
  '/': '..# ..# .#. #.. #..',
  '_': '... ... ... ... ###',
  '>': '#.. .#. ..# .#. #..',
  '<': '..# .#. #.. .#. ..#',
  '(': '.#. #.. #.. #.. .#.',
  ')': '.#. ..# ..# ..# .#.',
  '=': '... ### ... ### ...',
  '%': '#.# ..# .#. #.. #.#',
  '#': '#.# ### #.# ### #.#',
  "'": '.#. .#. ... ... ...',
  ' ': '... ... ... ... ...',
};

/** Drawn for a character that the font lacks. */
const unknown = '### #.# #.# #.# ###';

export const glyphWidth = 3;
export const glyphHeight = 5;

/** Width in pixels of `text` at `scale`, one column of space between letters. */
export function textWidth(text: string, scale = 1): number {
  const letters = [...text].length;
  return letters === 0 ? 0 : (letters * (glyphWidth + 1) - 1) * scale;
}

/** `text`, shortened to what fits into `width` pixels. */
export function fitText(text: string, width: number, scale = 1): string {
  const room = Math.max(0, Math.floor((width / scale + 1) / (glyphWidth + 1)));
  return [...text].slice(0, room).join('').trimEnd();
}

/** Calls `ink(x, y)` for every inked pixel of `text`, its top left corner at (0, 0). */
export function drawText(text: string, scale: number, ink: (x: number, y: number) => void): void {
  [...text.toUpperCase()].forEach((letter, i) => {
    const rows = (glyphs[letter] ?? unknown).split(' ');
    rows.forEach((row, y) => {
      for (let x = 0; x < glyphWidth; x++) {
        if (row[x] !== '#') continue;
        for (let dy = 0; dy < scale; dy++) {
          for (let dx = 0; dx < scale; dx++) ink((i * (glyphWidth + 1) + x) * scale + dx, y * scale + dy);
        }
      }
    });
  });
}
