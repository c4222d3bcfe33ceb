/** The few pieces of the protocol buffer wire format that an event file needs. Each function gives one field: key and value. */

const utf8 = new TextEncoder();

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A whole number from 0 to 2^53 - 1 in base 128, least significant group first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

const key = (field: number, wireType: number): Uint8Array => varint(field * 8 + wireType);

const fixed = (bytes: number, set: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(bytes));
  set(view);
  return new Uint8Array(view.buffer);
};

export const integerField = (field: number, value: number): Uint8Array => concatBytes([key(field, 0), varint(value)]);

export const doubleField = (field: number, value: number): Uint8Array =>
  concatBytes([key(field, 1), fixed(8, (view) => view.setFloat64(0, value, true))]);

export const floatField = (field: number, value: number): Uint8Array =>
  concatBytes([key(field, 5), fixed(4, (view) => view.setFloat32(0, value, true))]);

export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  concatBytes([key(field, 2), varint(value.length), value]);

export const stringField = (field: number, value: string): Uint8Array => bytesField(field, utf8.encode(value));

export const messageField = (field: number, parts: readonly Uint8Array[]): Uint8Array => bytesField(field, concatBytes(parts));

export const packedDoublesField = (field: number, values: readonly number[]): Uint8Array =>
  bytesField(
    field,
    fixed(values.length * 8, (view) => values.forEach((value, i) => view.setFloat64(i * 8, value, true))),
  );
