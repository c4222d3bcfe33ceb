/**
 * Allocator of wasm memory: segregated free lists with immediate coalescing (after Masmano, Ripoll, Crespo and Real,
 * "TLSF: a new dynamic memory allocator for real-time systems", ECRTS 2004). Bookkeeping is on the JavaScript side.
 */

interface Block {
  readonly start: number;
  size: number;
  free: boolean;
  before: Block | undefined;
  after: Block | undefined;
  previousFree: Block | undefined;
  nextFree: Block | undefined;
}

/** Every block starts on a cache line. */
const ALIGN = 64;
/** Size classes for each power of two. */
const CLASSES = 8;

export interface Heap {
  /** Address of at least `bytes` bytes, or undefined when nothing fits and the memory cannot grow. */
  allocate(bytes: number): number | undefined;
  free(address: number): void;
  /** Frees every block. */
  clear(): void;
  /** Bytes in allocated blocks. */
  readonly used: number;
}

/** Index of the size class that holds blocks of `size` bytes (size >= 64): its power of two, and the three bits that follow. */
function sizeClass(size: number): number {
  const power = 31 - Math.clz32(size >>> 6);
  return power * CLASSES + ((size >>> (power + 3)) & (CLASSES - 1));
}

/** Powers of two of a 32-bit size, in units of 64 bytes. */
const POWERS = 26;
const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

/**
 * Manages addresses from `start` to `end`. `grow(bytes)` makes the memory at least `bytes` longer and returns its new end,
 * or undefined when it cannot.
 */
export function createHeap(start: number, end: number, grow: (bytes: number) => number | undefined): Heap {
  const classes = new Array<Block | undefined>(POWERS * CLASSES).fill(undefined);
  /** For each power of two, a bit for each of its classes that has a block. */
  const filled = new Uint8Array(POWERS);
  const allocated = new Map<number, Block>();
  let used = 0;
  let last: Block = newBlock(start, end - start);
  pushFree(last);

  function newBlock(at: number, size: number): Block {
    return { start: at, size, free: false, before: undefined, after: undefined, previousFree: undefined, nextFree: undefined };
  }

  function pushFree(block: Block): void {
    block.free = true;
    if (block.size < ALIGN) return; // Nothing fits; it waits for a neighbour.
    const index = sizeClass(block.size);
    const head = classes[index];
    block.previousFree = undefined;
    block.nextFree = head;
    if (head) head.previousFree = block;
    setHead(index, block);
  }

  function setHead(index: number, block: Block | undefined): void {
    classes[index] = block;
    const power = index >> 3, bit = 1 << (index & 7);
    filled[power] = block ? filled[power]! | bit : filled[power]! & ~bit;
  }

  function removeFree(block: Block): void {
    block.free = false;
    if (block.size < ALIGN) return;
    if (block.previousFree) block.previousFree.nextFree = block.nextFree;
    else setHead(sizeClass(block.size), block.nextFree);
    if (block.nextFree) block.nextFree.previousFree = block.previousFree;
    block.previousFree = undefined;
    block.nextFree = undefined;
  }

  /** Smallest fitting block of the size's own class, else the first block of a larger class. */
  function find(size: number): Block | undefined {
    const own = sizeClass(size);
    let best: Block | undefined;
    for (let block = classes[own]; block; block = block.nextFree) {
      if (block.size === size) return block;
      if (block.size > size && (!best || block.size < best.size)) best = block;
    }
    return best ?? firstAbove(own);
  }

  function firstAbove(own: number): Block | undefined {
    let power = own >> 3;
    let bits = filled[power]! & (0xfe << (own & 7));
    while (bits === 0 && ++power < POWERS) bits = filled[power]!;
    return bits === 0 ? undefined : classes[power * CLASSES + lowestBit(bits)];
  }

  function split(block: Block, size: number): void {
    if (block.size - size < ALIGN) return;
    const rest = newBlock(block.start + size, block.size - size);
    block.size = size;
    rest.before = block;
    rest.after = block.after;
    if (rest.after) rest.after.before = rest;
    else last = rest;
    block.after = rest;
    pushFree(rest);
  }

  /** Joins `block` with the free block behind it. */
  function join(block: Block, behind: Block): void {
    block.size += behind.size;
    block.after = behind.after;
    if (behind.after) behind.after.before = block;
    else last = block;
  }

  function extend(size: number): boolean {
    const tail = last.free ? last.size : 0;
    const at = last.start + last.size;
    const to = grow(size - tail);
    if (to === undefined) return false;
    const more = newBlock(at, to - at);
    more.before = last;
    last.after = more;
    if (last.free) {
      const block = last;
      removeFree(block);
      join(block, more);
      last = block;
      pushFree(block);
    } else {
      last = more;
      pushFree(more);
    }
    return true;
  }

  return {
    get used() {
      return used;
    },
    allocate(bytes) {
      const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN);
      let block = find(size);
      if (!block && extend(size)) block = find(size);
      if (!block) return undefined;
      removeFree(block);
      split(block, size);
      allocated.set(block.start, block);
      used += block.size;
      return block.start;
    },
    free(address) {
      const found = allocated.get(address);
      if (!found) return;
      allocated.delete(address);
      used -= found.size;
      let block = found;
      if (block.after?.free) {
        removeFree(block.after);
        join(block, block.after);
      }
      if (block.before?.free) {
        const before = block.before;
        removeFree(before);
        join(before, block);
        block = before;
      }
      pushFree(block);
    },
    clear() {
      const memoryEnd = last.start + last.size;
      classes.fill(undefined);
      filled.fill(0);
      allocated.clear();
      used = 0;
      last = newBlock(start, memoryEnd - start);
      pushFree(last);
    },
  };
}
