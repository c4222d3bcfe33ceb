/** Text of others: file names, lists, what a model says of itself. It may hold anything, and is shown on terminals. */

/**
 * What a terminal obeys instead of showing it: C0 and C1 control characters, and Unicode's marks that turn the direction of text or break
 * lines (Unicode Technical Report 36, section 2.9).
 */
const OBEYED = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const hexadecimal = (character: string, digits: number): string => character.charCodeAt(0).toString(16).padStart(digits, '0');

/**
 * Text for one line of a terminal: what the terminal would obey is shown as `\n`, `\x1b` or `\u202e`, so that a file name can neither move the
 * cursor nor pretend to be a message of ours.
 */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => SHORT[character] ?? (character < '\u0100' ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`));
}

/** `JSON.stringify` whose text is safe to show on a terminal; it parses to the same value. */
export function visibleJson(value: unknown): string {
  // What is left after JSON's own escapes stands inside strings.
  return JSON.stringify(value).replace(OBEYED, (character) => `\\u${hexadecimal(character, 4)}`);
}

/**
 * The text of a file that a person wrote: UTF-8, or UTF-16 as Windows' PowerShell and Notepad write it, with its mark or without. Bytes that are not
 * UTF-8 become U+FFFD.
 * @returns undefined for bytes that are not text
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  return text.includes('\0') ? undefined : text;
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Names and numbers are mostly ASCII, of which every other byte is zero in UTF-16.
  const head = bytes.subarray(0, 512);
  const zeros = [0, 0];
  head.forEach((byte, i) => void (byte === 0 && (zeros[i % 2] = zeros[i % 2]! + 1)));
  const half = head.length / 2;
  if (head.length >= 4 && zeros[0] === 0 && zeros[1]! > half / 2) return 'utf-16le';
  if (head.length >= 4 && zeros[1] === 0 && zeros[0]! > half / 2) return 'utf-16be';
  return 'utf-8';
}
