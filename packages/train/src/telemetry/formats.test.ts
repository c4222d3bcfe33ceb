import { describe, expect, it } from 'vitest';
import { csvHeader, csvRow, parseCsv, truncateCsv } from './csv.js';
import { crc32c, frameRecord, histogram, maskedCrc32c, sessionStartEvent, summaryEvent, versionEvent } from './tensorboard.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('crc32c', () => {
  it('equals the published vectors', () => {
    // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it('is masked as TFRecord does: rotated right by 15, plus a constant', () => {
    const crc = 0xe3069283n;
    const masked = (((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn;
    expect(BigInt(maskedCrc32c(new TextEncoder().encode('123456789')))).toBe(masked);
  });
});

describe('event files', () => {
  it('encode each message as protoc would', () => {
    // 09 wall_time, 10 step (left out by protoc when 0, allowed on the wire), 1a file_version.
    expect(hex(versionEvent(1))).toBe(`09000000000000f03f` + `1000` + `1a0d${hex(new TextEncoder().encode('brain.Event:2'))}`);
    // 2a summary { 0a value { 0a tag "g", 15 simple_value 1.5 } }, step 300 = ac 02.
    expect(hex(summaryEvent(2, 300, [{ kind: 'scalar', tag: 'g', value: 1.5 }]))).toBe(
      '090000000000000040' + '10ac02' + '2a0a' + '0a08' + '0a0167' + '150000c03f',
    );
    expect(hex(sessionStartEvent(0, 5))).toBe('090000000000000000' + '1005' + '3a02' + '0801');
  });

  it('write steps beyond 32 bits', () => {
    expect(hex(summaryEvent(0, 2 ** 40, []))).toBe('090000000000000000' + '10808080808020' + '2a00');
  });

  it('frame a record with two checksums', () => {
    const framed = frameRecord(Uint8Array.of(7, 8, 9));
    const view = new DataView(framed.buffer);
    expect(framed.length).toBe(19);
    expect(view.getBigUint64(0, true)).toBe(3n);
    expect(view.getUint32(8, true)).toBe(maskedCrc32c(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0)));
    expect([...framed.subarray(12, 15)]).toEqual([7, 8, 9]);
    expect(view.getUint32(15, true)).toBe(maskedCrc32c(Uint8Array.of(7, 8, 9)));
  });
});

describe('histogram', () => {
  it('counts by upper limits and keeps the moments', () => {
    const h = histogram([0, 1, 1.5, 2, 4, Number.NaN, Infinity], 4);
    expect(h).toEqual({ min: 0, max: 4, count: 5, sum: 8.5, sumOfSquares: 23.25, limits: [1, 2, 3, 4], counts: [2, 2, 0, 1] });
  });

  it('holds one value, none, and many without losing any', () => {
    expect(histogram([3, 3])).toMatchObject({ limits: [3], counts: [2] });
    expect(histogram([Number.NaN])).toMatchObject({ count: 0, counts: [0] });
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 3e-7);
    expect(histogram(values).counts.reduce((a, b) => a + b)).toBe(1000);
  });
});

describe('csv', () => {
  const columns = ['gen/adv', 'odd, "name"'];
  const text =
    csvHeader(columns) + csvRow(1, columns, { 'gen/adv': 0.1, 'odd, "name"': 1e-9 }) + csvRow(2, columns, { 'gen/adv': Number.NaN });

  it('writes one header and rows that read back exactly', () => {
    expect(text).toBe('step,gen/adv,"odd, ""name"""\n1,0.1,1e-9\n2,NaN,\n');
    expect(parseCsv(text)).toEqual({
      columns,
      rows: [
        { step: 1, values: { 'gen/adv': 0.1, 'odd, "name"': 1e-9 } },
        { step: 2, values: { 'gen/adv': Number.NaN } },
      ],
    });
  });

  it('is cut back to a step, and loses a torn last line', () => {
    expect(truncateCsv(`${text}3,0.2,0.`, 9)).toBe(text);
    expect(truncateCsv(text, 1)).toBe('step,gen/adv,"odd, ""name"""\n1,0.1,1e-9\n');
    expect(truncateCsv(`${text}17\n`, 99)).toBe(text);
    expect(() => parseCsv('epoch,loss\n')).toThrow("starts with 'epoch'");
  });
});
