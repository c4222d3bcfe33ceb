/**
 * The only Python names that a checkpoint may use, and what each makes of its arguments.
 * Any other name is refused; none is ever imported or called.
 */
import { TorchFileError } from '../../errors.js';
import { STORAGE_DTYPES, type TorchDtype } from '../dtype.js';
import { MAX_RANK } from '../limits.js';
import { isKey } from './keys.js';
import { PendingTensor, type PickleDict, PickleName, type PickleValue, StorageRef } from './values.js';

type Build = (args: readonly PickleValue[]) => PickleValue;

function refuse(what: string): TorchFileError {
  return new TorchFileError(what, { remedy: 'The file is damaged or was made to mislead.' });
}

function dims(value: PickleValue | undefined, what: string): readonly number[] {
  const sound =
    Array.isArray(value) &&
    value.length <= MAX_RANK &&
    value.every((dim) => typeof dim === 'number' && Number.isSafeInteger(dim) && dim >= 0);
  if (!sound) throw refuse(`A tensor's ${what} is not a list of at most ${MAX_RANK} whole numbers of zero or more.`);
  return [...(value as number[])];
}

function rebuildTensor(args: readonly PickleValue[]): PendingTensor {
  const [storage, offset] = args;
  if (!(storage instanceof StorageRef)) throw refuse('A tensor is built on something that is not a storage.');
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) {
    throw refuse("A tensor's offset is not a whole number of zero or more.");
  }
  const shape = dims(args[2], 'shape');
  const stride = dims(args[3], 'strides');
  if (shape.length !== stride.length) {
    throw refuse(`A tensor has ${shape.length} dimensions, but ${stride.length} strides.`);
  }
  return new PendingTensor(storage, offset, shape, stride);
}

function parameter(args: readonly PickleValue[]): PendingTensor {
  if (!(args[0] instanceof PendingTensor)) throw refuse('A parameter is built on something that is not a tensor.');
  return args[0];
}

function orderedDict(args: readonly PickleValue[]): PickleDict {
  const dict: PickleDict = new Map();
  const [items] = args;
  if (items === undefined) return dict;
  if (!Array.isArray(items)) throw refuse('An ordered dictionary is built on something that is not a list of pairs.');
  for (const item of items) {
    if (!Array.isArray(item) || item.length !== 2 || !isKey(item[0])) {
      throw refuse('An ordered dictionary is built on something that is not a list of pairs.');
    }
    dict.set(item[0], item[1] ?? null);
  }
  return dict;
}

function size(args: readonly PickleValue[]): PickleValue {
  return [...dims(args[0] ?? [], 'size')];
}

function text(args: readonly PickleValue[]): PickleValue {
  return args.map((arg) => (typeof arg === 'string' || typeof arg === 'number' ? String(arg) : '?')).join(':');
}

const BUILDERS: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_parameter', parameter],
  ['torch.nn.parameter.Parameter', parameter],
  ['collections.OrderedDict', orderedDict],
  ['torch.Size', size],
  ['torch.device', text],
]);

/** Names that stand for themselves: element types, as the arguments of others. */
const PLAIN = /^torch\.(float(16|32|64)|bfloat16|u?int(8|16|32|64)|bool)$/;

/** The element type of a storage class' name, on any device. */
export function storageDtype(name: PickleName): TorchDtype | undefined {
  if (name.module !== 'torch' && name.module !== 'torch.cuda') return undefined;
  return STORAGE_DTYPES.get(name.name);
}

/** @throws TorchFileError for a name outside the list. */
export function checkName(name: PickleName): PickleName {
  if (BUILDERS.has(name.full) || storageDtype(name) !== undefined || PLAIN.test(name.full)) return name;
  throw new TorchFileError(`The file asks for '${name.full.slice(0, 120)}', which reading weights does not need.`, {
    remedy: 'Save the state_dict() of the module (tensors only), not the module itself or other Python objects.',
  });
}

/** What `name(*args)` makes. */
export function build(name: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
  const builder = name instanceof PickleName ? BUILDERS.get(name.full) : undefined;
  if (builder === undefined || !Array.isArray(args)) throw refuse('The file builds a value from something that builds none.');
  return builder(args);
}
