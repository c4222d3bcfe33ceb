/** Builds an ONNX graph node by node. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';

/** The name of a value in the graph. */
export type Value = string;

export type Attribute = number | string | readonly number[];

/** A dimension: a size, or the name of one that varies. */
export type Dimension = number | string;

/** Version of ONNX's operators: the first with all that is used here in their final form, read by every runtime of since 2022. */
const OPSET = 17n;
const IR_VERSION = 8n;

function attribute(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'string') {
    return { name, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  // Every attribute of ours that is one number and not whole is a float; whole ones are integers.
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }
      : { name, type: AttributeProto_AttributeType.FLOAT, f: value };
  }
  return { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) };
}

function valueInfo(name: string, shape: readonly Dimension[]): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return { name, type: { value: { case: 'tensorType', value: { elemType: TensorProto_DataType.FLOAT, shape: { dim } } } } };
}

function bytesOf(data: Float32Array | BigInt64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
}

export class GraphBuilder {
  readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  readonly #tensors = new Map<string, MessageInitShape<typeof TensorProtoSchema>>();
  readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];

  input(name: string, shape: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, shape));
    return name;
  }

  /** Gives a value its public name. */
  output(name: string, value: Value, shape: readonly Dimension[]): void {
    this.#nodes.push({ opType: 'Identity', name, input: [value], output: [name] });
    this.#outputs.push(valueInfo(name, shape));
  }

  node(opType: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    const output = `${opType}_${this.#nodes.length}`;
    const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.#nodes.push({ opType, name: output, input: [...inputs], output: [output], attribute: list });
    return output;
  }

  /** A constant, once under its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): Value {
    const dims = shape.map(BigInt);
    this.#tensors.set(name, { name, dims, dataType: TensorProto_DataType.FLOAT, rawData: bytesOf(data) });
    return name;
  }

  integers(values: readonly number[]): Value {
    const name = `int_${values.join('_').replaceAll('-', 'm')}`;
    const rawData = bytesOf(BigInt64Array.from(values, BigInt));
    this.#tensors.set(name, { name, dims: [BigInt(values.length)], dataType: TensorProto_DataType.INT64, rawData });
    return name;
  }

  scalar(value: number): Value {
    return this.floats(`float_${value}`, [], Float32Array.of(value));
  }

  /** The file. The same graph gives the same bytes. */
  done(name: string, metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      opsetImport: [{ domain: '', version: OPSET }],
      producerName: 'munit',
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name,
        node: this.#nodes,
        initializer: [...this.#tensors.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
    return new Uint8Array(toBinary(ModelProtoSchema, model));
  }
}
