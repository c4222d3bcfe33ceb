/**
 * A reader of pickles that can build plain values and nothing else.
 *
 * Python's pickle is a program for a stack machine that may call any function. This one knows the opcodes that
 * checkpoints use and the names of `names.ts`; all else is refused. Work and memory are bounded by the pickle's size.
 * (npm's `pickleparser` builds plain objects and calls resolvers for every name; a `__proto__` key, persistent
 * ids that are tuples, as PyTorch's are, and bounds on sizes would each have to be added around it.)
 */
import { TorchFileError } from '../../errors.js';
import type { ByteReader } from '../bytes.js';
import { MAX_INTEGER_BYTES } from '../limits.js';
import { isKey } from './keys.js';
import { build, checkName } from './names.js';
import { OP } from './opcodes.js';
import { type PickleDict, PickleName, type PickleValue } from './values.js';

export interface UnpickleOptions {
  /** Makes a value of a persistent id; without it such ids are refused. */
  readonly persistent?: (id: PickleValue) => PickleValue;
}

/** Longest name or number written as a line. */
const MAX_LINE = 1024;

class Machine {
  readonly reader: ByteReader;
  readonly persistent: ((id: PickleValue) => PickleValue) | undefined;
  readonly stack: PickleValue[] = [];
  readonly marks: number[] = [];
  readonly memo = new Map<number, PickleValue>();

  constructor(reader: ByteReader, options: UnpickleOptions) {
    this.reader = reader;
    this.persistent = options.persistent;
  }

  fail(what: string): TorchFileError {
    return new TorchFileError(`The pickle is not sound at byte ${this.reader.position}: ${what}.`, {
      remedy: 'The file is damaged, or is not a PyTorch checkpoint.',
    });
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const floor = this.marks.at(-1) ?? 0;
    if (this.stack.length <= floor) throw this.fail('it takes a value from an empty stack');
    return this.stack.pop() as PickleValue;
  }

  top(): PickleValue {
    const floor = this.marks.at(-1) ?? 0;
    if (this.stack.length <= floor) throw this.fail('it uses a value of an empty stack');
    return this.stack.at(-1) as PickleValue;
  }

  popMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.fail('it goes back to a mark that was never set');
    return this.stack.splice(mark);
  }

  popMany(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.pop());
    return values;
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.fail(`it recalls value ${index}, which it never stored`);
    this.push(value);
  }

  store(index: number): void {
    this.memo.set(index, this.top());
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.fail('it appends to something that is not a list');
    for (const item of items) list.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.fail('it sets an item of something that is not a dictionary');
    fill(this, dict, items);
  }
}

function fill(machine: Machine, dict: PickleDict, items: readonly PickleValue[]): PickleDict {
  if (items.length % 2 !== 0) throw machine.fail('a dictionary has a key without a value');
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (!isKey(key)) throw machine.fail('a dictionary has a key that is neither text nor number');
    dict.set(key, items[i + 1] as PickleValue);
  }
  return dict;
}

function narrow(value: bigint): number | bigint {
  return value >= -BigInt(Number.MAX_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** A little-endian two's complement integer. */
function long(machine: Machine, count: number): number | bigint {
  if (count > MAX_INTEGER_BYTES) throw machine.fail(`it has an integer of ${count} bytes`);
  let value = 0n;
  const bytes = machine.reader.view(count);
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return narrow(BigInt.asIntN(count * 8, value));
}

function decimal(machine: Machine): number | bigint | boolean {
  const text = machine.reader.line(MAX_LINE);
  if (text === '00') return false;
  if (text === '01') return true;
  if (!/^-?\d{1,78}L?$/.test(text)) throw machine.fail('it has a malformed integer');
  return narrow(BigInt(text.replace('L', '')));
}

function float(machine: Machine): number {
  const text = machine.reader.line(MAX_LINE);
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) throw machine.fail('it has a malformed number');
  return Number(text);
}

function index(machine: Machine): number {
  const text = machine.reader.line(MAX_LINE);
  if (!/^\d{1,9}$/.test(text)) throw machine.fail('it has a malformed memo index');
  return Number(text);
}

function quoted(machine: Machine): string {
  const text = machine.reader.line(MAX_LINE);
  const quote = text.at(0);
  const sound = text.length >= 2 && (quote === "'" || quote === '"') && text.endsWith(quote) && !text.includes('\\');
  if (!sound) throw machine.fail('it has a malformed text');
  return text.slice(1, -1);
}

function stackName(machine: Machine): PickleName {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') throw machine.fail('it has a name that is not text');
  return new PickleName(module, name);
}

function persistent(machine: Machine): PickleValue {
  if (machine.persistent === undefined) throw machine.fail('it refers to data outside itself');
  return machine.persistent(machine.pop());
}

/** BUILD sets attributes of an object. Ordered dictionaries carry `_metadata`, parameters flags: neither is needed. */
function ignoreState(machine: Machine): void {
  machine.pop();
  machine.top();
}

type Step = (machine: Machine) => void;

const STEPS: ReadonlyMap<number, Step> = new Map<number, Step>([
  [OP.PROTO, (m) => void m.reader.u8()],
  [OP.FRAME, (m) => void m.reader.take(8)],
  [OP.MARK, (m) => m.marks.push(m.stack.length)],
  [OP.POP, (m) => void (m.stack.length > (m.marks.at(-1) ?? 0) ? m.stack.pop() : m.popMark())],
  [OP.POP_MARK, (m) => void m.popMark()],
  [OP.DUP, (m) => m.push(m.top())],
  [OP.NONE, (m) => m.push(null)],
  [OP.NEWTRUE, (m) => m.push(true)],
  [OP.NEWFALSE, (m) => m.push(false)],
  [OP.INT, (m) => m.push(decimal(m))],
  [OP.LONG, (m) => m.push(decimal(m))],
  [OP.BININT, (m) => m.push(m.reader.i32())],
  [OP.BININT1, (m) => m.push(m.reader.u8())],
  [OP.BININT2, (m) => m.push(m.reader.u16())],
  [OP.LONG1, (m) => m.push(long(m, m.reader.u8()))],
  [OP.LONG4, (m) => m.push(long(m, m.reader.u32()))],
  [OP.FLOAT, (m) => m.push(float(m))],
  [OP.BINFLOAT, (m) => m.push(m.reader.f64BigEndian())],
  [OP.STRING, (m) => m.push(quoted(m))],
  [OP.UNICODE, (m) => m.push(m.reader.line(MAX_LINE))],
  [OP.SHORT_BINSTRING, (m) => m.push(m.reader.latin1(m.reader.u8()))],
  [OP.BINSTRING, (m) => m.push(m.reader.latin1(m.reader.u32()))],
  [OP.SHORT_BINUNICODE, (m) => m.push(m.reader.utf8(m.reader.u8()))],
  [OP.BINUNICODE, (m) => m.push(m.reader.utf8(m.reader.u32()))],
  [OP.BINUNICODE8, (m) => m.push(m.reader.utf8(m.reader.u64()))],
  [OP.SHORT_BINBYTES, (m) => m.push(m.reader.view(m.reader.u8()))],
  [OP.BINBYTES, (m) => m.push(m.reader.view(m.reader.u32()))],
  [OP.BINBYTES8, (m) => m.push(m.reader.view(m.reader.u64()))],
  [OP.EMPTY_LIST, (m) => m.push([])],
  [OP.LIST, (m) => m.push(m.popMark())],
  [OP.APPEND, (m) => m.append(m.popMany(1))],
  [OP.APPENDS, (m) => m.append(m.popMark())],
  [OP.EMPTY_TUPLE, (m) => m.push([])],
  [OP.TUPLE, (m) => m.push(m.popMark())],
  [OP.TUPLE1, (m) => m.push(m.popMany(1))],
  [OP.TUPLE2, (m) => m.push(m.popMany(2))],
  [OP.TUPLE3, (m) => m.push(m.popMany(3))],
  [OP.EMPTY_DICT, (m) => m.push(new Map())],
  [OP.DICT, (m) => m.push(fill(m, new Map(), m.popMark()))],
  [OP.SETITEM, (m) => m.setItems(m.popMany(2))],
  [OP.SETITEMS, (m) => m.setItems(m.popMark())],
  [OP.GLOBAL, (m) => m.push(checkName(new PickleName(m.reader.line(MAX_LINE), m.reader.line(MAX_LINE))))],
  [OP.STACK_GLOBAL, (m) => m.push(checkName(stackName(m)))],
  [OP.REDUCE, (m) => m.push(buildTop(m))],
  [OP.NEWOBJ, (m) => m.push(buildTop(m))],
  [OP.BUILD, ignoreState],
  [OP.BINPERSID, (m) => m.push(persistent(m))],
  [OP.GET, (m) => m.recall(index(m))],
  [OP.BINGET, (m) => m.recall(m.reader.u8())],
  [OP.LONG_BINGET, (m) => m.recall(m.reader.u32())],
  [OP.PUT, (m) => m.store(index(m))],
  [OP.BINPUT, (m) => m.store(m.reader.u8())],
  [OP.LONG_BINPUT, (m) => m.store(m.reader.u32())],
  [OP.MEMOIZE, (m) => m.store(m.memo.size)],
]);

function buildTop(machine: Machine): PickleValue {
  const args = machine.pop();
  return build(machine.pop(), args);
}

/**
 * Reads one pickle and leaves the reader behind it.
 * @throws TorchFileError when the pickle is not sound, or names what `names.ts` does not list.
 */
export function unpickle(reader: ByteReader, options: UnpickleOptions = {}): PickleValue {
  const machine = new Machine(reader, options);
  for (;;) {
    const opcode = reader.u8();
    if (opcode === OP.STOP) return machine.pop();
    const step = STEPS.get(opcode);
    if (step === undefined) throw machine.fail(`opcode 0x${opcode.toString(16)} is unknown or has no place in a checkpoint`);
    step(machine);
  }
}
