/** Compiles the embedded module: relaxed SIMD where the runtime has it, baseline SIMD elsewhere. */
import { SimdError } from '../errors.js';
import { baselineModule, relaxedModule } from '../generated/wasm.js';
import { compileWide, tryWide } from './wideVectors.js';

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Node 20's V8 knows relaxed SIMD behind a flag; it has to be set before anything is compiled. */
function allowRelaxedInNode(): void {
  const v8 = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:v8');
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * The module imports a shared memory. A page that is not cross-origin isolated has none: clears the "shared" bit of
 * the import's limits (section 2, memory import: kind 2, flags 3 → 1). Atomic instructions stay valid.
 */
export function unshareMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const name = [...'memory'].map((letter) => letter.charCodeAt(0));
  for (let i = 8; i + name.length + 2 < bytes.length; i++) {
    if (name.every((code, k) => bytes[i + k] === code) && bytes[i + name.length] === 2 && bytes[i + name.length + 1] === 3) {
      const copy = bytes.slice();
      copy[i + name.length + 1] = 1;
      return copy;
    }
  }
  throw new SimdError('load', 'The embedded WebAssembly module has no shared memory import: the package was built wrongly.');
}

export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
  /** Bits of the vectors that its code computes on: 256 where the runtime pairs them. */
  readonly vectors: 128 | 256;
}

/** The module for 256-bit vectors, where the runtime can make one that computes the same, and faster. */
function widened(bytes: Uint8Array<ArrayBuffer>, narrow: WebAssembly.Module): WebAssembly.Module | undefined {
  const wide = compileWide(bytes);
  if (!wide) return undefined;
  const verdict = tryWide(wide, narrow);
  if (verdict === 'different') {
    process.emitWarning("simd backend: this runtime's code for 256-bit vectors gives other results than that for 128-bit ones, which is used instead.");
  }
  return verdict === 'equal and faster' ? wide : undefined;
}

/** @throws SimdError when WebAssembly SIMD is missing. */
export async function compileModule(relaxed: 'auto' | boolean, shared: boolean, vectors: 128 | 256): Promise<CompiledModule> {
  const prepare = (text: string): Uint8Array<ArrayBuffer> => (shared ? decodeBase64(text) : unshareMemory(decodeBase64(text)));
  if (relaxed !== false) {
    const bytes = prepare(relaxedModule);
    if (!WebAssembly.validate(bytes)) allowRelaxedInNode();
    if (WebAssembly.validate(bytes)) {
      const module = await WebAssembly.compile(bytes);
      const wide = vectors === 256 && shared ? widened(bytes, module) : undefined;
      return { module: wide ?? module, relaxed: true, vectors: wide ? 256 : 128 };
    }
    if (relaxed === true) {
      throw new SimdError('load', "This runtime has no relaxed SIMD. Leave `relaxed` at 'auto' to use baseline SIMD.");
    }
  }
  const bytes = prepare(baselineModule);
  if (!WebAssembly.validate(bytes)) {
    throw new SimdError('load', 'This runtime has no WebAssembly SIMD with threads: use Node 20.19 or a browser of 2023 or later.');
  }
  return { module: await WebAssembly.compile(bytes), relaxed: false, vectors: 128 };
}
