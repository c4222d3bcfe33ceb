/**
 * Fork and join over a shared memory.
 *
 * A job is 'call function `fn` once for each task in 0..tasks'. The calling thread and the workers claim
 * tasks one at a time from a single 64-bit word, so that a busy or sleeping worker delays nobody:
 *
 *     claim = generation (24 bits) | tasks (20 bits) | next task (20 bits)
 *
 * A worker owns a task when its compare-and-swap of that word succeeds. The job's function and its record (records.ts)
 * may be read after that and never before: they stay as they are until every claimed task is done.
 * Which thread runs a task never changes its result: tasks write disjoint outputs.
 */

const CLAIM: usize = 0;
const DONE: usize = 64;
const FUNCTION: usize = 128;
const STOP: usize = 132;
/** Set by a worker that ended by an error, from outside: `src/runtime/workers.ts`. */
const FAILED: usize = 136;
/** Whether neighbouring vectors are computed on together (see conv/gemm.ts). */
const WIDE: usize = 140;
const SLEEPERS: usize = 192;
const WAKE: usize = 196;

const COUNT_BITS: u64 = 20;
const COUNT_MASK: u64 = (1 << 20) - 1;

/** Polls before a thread goes to sleep: some 0.2 ms, longer than the gap between two kernels of a network. */
const SPINS: i32 = 200_000;

/** 0 for the thread that starts jobs; each instance has its own globals. */
let thread: i32 = 0;
let threads: i32 = 1;
let maySleep: bool = false;

/** Index of the thread that runs this task, for its own part of scratch memory. */
// @ts-ignore: decorator
@inline
export function threadIndex(): i32 {
  return thread;
}

export function threadCount(): i32 {
  return threads;
}

/** Called once on the main instance: how many threads there are, and whether this one may block. */
export function configureThreads(count: i32, blocking: bool): void {
  threads = count;
  maySleep = blocking;
}

/** Called once on the main instance, where the runtime has been seen to make 256-bit code. */
export function useWideVectors(wide: bool): void {
  store<i32>(WIDE, wide ? 1 : 0);
}

// @ts-ignore: decorator
@inline
export function hasWideVectors(): bool {
  return load<i32>(WIDE) != 0;
}

/** Runs `fn(task)` for every task in 0..tasks on all threads and returns when all are done. */
export function parallel(fn: i32, tasks: i32): void {
  if (threads == 1 || tasks <= 1) {
    for (let task = 0; task < tasks; task++) call_indirect<void>(fn, task);
    return;
  }
  store<i32>(FUNCTION, fn);
  atomic.store<i32>(DONE, 0);
  const generation = (atomic.load<u64>(CLAIM) >> (2 * COUNT_BITS)) + 1;
  atomic.store<u64>(CLAIM, (generation << (2 * COUNT_BITS)) | (<u64>tasks << COUNT_BITS));
  if (atomic.load<i32>(SLEEPERS) != 0) {
    atomic.add<i32>(WAKE, 1);
    atomic.notify(WAKE, -1);
  }
  drain();
  let spins = 0;
  let done = atomic.load<i32>(DONE);
  while (done != tasks) {
    if (++spins > SPINS) {
      if (atomic.load<i32>(FAILED) != 0) unreachable();
      if (maySleep) atomic.wait<i32>(DONE, done, 1_000_000);
    }
    done = atomic.load<i32>(DONE);
  }
}

/**
 * A call between claiming a task and running it. When the main thread grows the memory, V8 tells other threads by an
 * interrupt, which they take at the entry of a function that calls another (a leaf has no check). Without it a task's
 * memory.fill could be checked against the old size and trap.
 */
function runTask(fn: i32, task: i32): void {
  call_indirect<void>(fn, task);
}

/** Claims and runs tasks of the current job until none is left. */
function drain(): void {
  while (true) {
    const claim = atomic.load<u64>(CLAIM);
    const next = claim & COUNT_MASK;
    const tasks = (claim >> COUNT_BITS) & COUNT_MASK;
    if (next >= tasks) return;
    if (atomic.cmpxchg<u64>(CLAIM, claim, claim + 1) != claim) continue;
    call_indirect<void>(runTask.index, load<i32>(FUNCTION), <i32>next);
    const done = atomic.add<i32>(DONE, 1) + 1;
    if (thread != 0 && done == <i32>tasks) atomic.notify(DONE, 1);
  }
}

/** Body of a worker: works until `stopWorkers`. */
export function workerLoop(index: i32): void {
  thread = index;
  let seen: u64 = 0;
  while (true) {
    let spins = 0;
    let claim = atomic.load<u64>(CLAIM);
    while (claim == seen && spins < SPINS) {
      spins++;
      claim = atomic.load<u64>(CLAIM);
    }
    if (claim == seen) {
      const wake = atomic.load<i32>(WAKE);
      atomic.add<i32>(SLEEPERS, 1);
      if (atomic.load<u64>(CLAIM) == seen && atomic.load<i32>(STOP) == 0) atomic.wait<i32>(WAKE, wake, -1);
      atomic.sub<i32>(SLEEPERS, 1);
    }
    if (atomic.load<i32>(STOP) != 0) return;
    drain();
    seen = atomic.load<u64>(CLAIM);
  }
}

export function stopWorkers(): void {
  atomic.store<i32>(STOP, 1);
  atomic.add<i32>(WAKE, 1);
  atomic.notify(WAKE, -1);
  threads = 1;
}
