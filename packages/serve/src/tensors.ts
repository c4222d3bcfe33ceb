/** Requests and responses of the Open Inference Protocol v2 (KServe's), with its binary extension, as Triton's clients send them. */
import { ArgumentError, shownValue } from '@munit/core';
import * as z from 'zod';

/** A tensor with its name. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row by row. */
  readonly data: Float32Array;
}

/** What a client asks for. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: ReadonlyMap<string, NamedTensor>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whether the output goes back as bytes behind the JSON. */
  readonly binaryOutput: boolean;
}

const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();
const shape = z.array(z.int().min(1).max(65_536)).min(1).max(4);
const name = z.string().min(1).max(100);

const schema = z.object({
  id: z.string().max(200).optional(),
  parameters,
  inputs: z.array(z.object({ name, shape, datatype: z.string(), parameters, data: z.unknown().optional() })).min(1).max(8),
  outputs: z.array(z.object({ name, parameters })).max(8).optional(),
});

const wrong = (problem: string, remedy: string): ArgumentError => new ArgumentError(problem, { remedy });

/** Data in JSON may be flat or nested as the shape is. */
function numbersOf(input: string, data: unknown, count: number): Float32Array {
  const flat: unknown[] = Array.isArray(data) ? (data as unknown[]).flat(3) : [];
  if (flat.length !== count) throw wrong(`The input '${input}' has ${flat.length} values, but its shape has ${count}.`, 'Send as many values as the shape says.');
  if (!flat.every((value) => typeof value === 'number' && Number.isFinite(value))) throw wrong(`The input '${input}' has values that are not numbers.`, 'Send finite numbers.');
  return Float32Array.from(flat as number[]);
}

function floatsOf(input: string, bytes: Uint8Array, count: number): Float32Array {
  if (bytes.length !== 4 * count) throw wrong(`The input '${input}' has ${bytes.length} bytes, but its shape has ${4 * count}.`, 'Send four bytes for each value, little-endian.');
  const data = new Float32Array(bytes.slice().buffer);
  if (!data.every(Number.isFinite)) throw wrong(`The input '${input}' has values that are not finite.`, 'Send finite numbers.');
  return data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw wrong('The request is not JSON.', 'Send a request of the Open Inference Protocol v2.');
  }
}

/**
 * Reads the body of an inference request.
 * @param headerLength of the JSON, where binary tensors follow it (the header `Inference-Header-Content-Length`)
 * @throws ArgumentError for what is not such a request
 */
export function readInferRequest(body: Uint8Array, headerLength: string | undefined): InferRequest {
  const length = headerLength === undefined ? body.length : Number(headerLength);
  if (!Number.isSafeInteger(length) || length < 2 || length > body.length) throw wrong(`The JSON of the request cannot be ${headerLength ?? '0'} bytes long.`, 'Give its length in Inference-Header-Content-Length.');
  const parsed = schema.safeParse(parseJson(body.subarray(0, length)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`The request is not one of the Open Inference Protocol v2 (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`, 'Send inputs with name, shape, datatype and data.');
  }
  const { id, inputs: given, outputs, parameters: all = {} } = parsed.data;
  const inputs = new Map<string, NamedTensor>();
  let at = length;
  for (const { name, shape, datatype, parameters: own = {}, data } of given) {
    if (datatype !== 'FP32') throw wrong(`The input '${name}' is of type ${datatype.slice(0, 20)}.`, 'Send FP32.');
    if (inputs.has(name)) throw wrong(`The input '${name}' occurs twice.`, 'Send it once.');
    const count = shape.reduce((product, size) => product * size, 1);
    const size = own['binary_data_size'];
    if (size === undefined) {
      inputs.set(name, { name, shape, data: numbersOf(name, data, count) });
      continue;
    }
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || at + size > body.length) throw wrong(`The input '${name}' says that it has ${shownValue(size)} bytes, which are not there.`, 'Send them behind the JSON.');
    inputs.set(name, { name, shape, data: floatsOf(name, body.subarray(at, at + size), count) });
    at += size;
  }
  if (headerLength !== undefined && at !== body.length) throw wrong(`${body.length - at} bytes of the request belong to no input.`, 'Give binary_data_size for each input that is sent as bytes.');
  const binaryOutput = outputs?.[0]?.parameters?.['binary_data'] ?? all['binary_data_output'];
  return { id, inputs, parameters: all, binaryOutput: binaryOutput === true };
}

/** The body of a response, and the length of its JSON where bytes follow. */
export interface InferResponse {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headerLength: number | undefined;
}

/** Writes the answer: one output, as JSON or as bytes. */
export function writeInferResponse(model: string, id: string | undefined, { name, shape, data }: NamedTensor, isBinary: boolean): InferResponse {
  const output = { name, shape, datatype: 'FP32', ...(isBinary ? { parameters: { binary_data_size: 4 * data.length } } : { data: [...data] }) };
  const json = new TextEncoder().encode(JSON.stringify({ model_name: model, model_version: '1', ...(id === undefined ? {} : { id }), outputs: [output] }));
  if (!isBinary) return { body: json, headerLength: undefined };
  const body = new Uint8Array(json.length + 4 * data.length);
  body.set(json);
  body.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), json.length);
  return { body, headerLength: json.length };
}
