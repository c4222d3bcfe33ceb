import { describe, expect, it } from 'vitest';
import { decodeText, visible, visibleJson } from './text.js';

describe('visible', () => {
  it('shows what a terminal would obey, and leaves all other text alone', () => {
    expect(visible('\u001b]0;owned\u0007.png')).toBe('\\x1b]0;owned\\x07.png');
    expect(visible('a\u001b[2J\rb\nmunit: fine\tc')).toBe('a\\x1b[2J\\rb\\nmunit: fine\\tc');
    expect(visible('gnp.\u202eexe\u2066\u009b1m\u2028')).toBe('gnp.\\u202eexe\\u2066\\x9b1m\\u2028');
    expect(visible('Bäume 猫 👩‍🎨 é.png')).toBe('Bäume 猫 👩‍🎨 é.png');
  });

  it('in JSON changes the text, not the value', () => {
    const value = { name: 'x\u001b\u009b\u202e\n"ü', list: ['\u2029'] };
    expect(visibleJson(value)).toBe('{"name":"x\\u001b\\u009b\\u202e\\n\\"ü","list":["\\u2029"]}');
    expect(JSON.parse(visibleJson(value))).toEqual(value);
  });
});

describe('decodeText', () => {
  const text = 'a.png\r\nb ü.png\r\n';
  const utf16 = (big: boolean): Uint8Array => {
    const bytes = Buffer.from(text, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', utf16(false)],
    ['UTF-16, big-endian', utf16(true)],
    ['UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(false)])],
    ['UTF-16, big-endian, with a mark', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(true)])],
  ])('reads %s', (_, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it('marks bytes that are not UTF-8, and refuses what is not text', () => {
    expect(decodeText(Buffer.from('caf\xe9.png', 'latin1'))).toBe('caf\uFFFD.png');
    expect(decodeText(Uint8Array.of(0x89, 0x50, 0, 0, 0, 13, 0x49))).toBe(undefined);
    expect(decodeText(new Uint8Array())).toBe('');
  });
});
