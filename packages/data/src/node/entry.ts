import { fork } from 'node:child_process';
import type { ChildProcess, ForkOptions } from 'node:child_process';
import { Worker } from 'node:worker_threads';

// The compiled programs of child processes and threads are files beside those that start them. Run from TypeScript source (our own
// tests), they need tsx and the workspace's own export condition.
const sourceCondition = '--conditions=@munit/source';

/** Whether the module at `url` runs from TypeScript source. */
export function isSource(url: string): boolean {
  return url.endsWith('.ts');
}

/** A child process that runs the module at `program`. */
export function startProcess(program: URL, options: ForkOptions): ChildProcess {
  const execArgv = isSource(program.href) ? [sourceCondition, '--import', import.meta.resolve('tsx')] : [];
  return fork(program, { ...options, execArgv });
}

/** A thread that runs the module at `program`. */
export function startThread(program: URL): Worker {
  if (!isSource(program.href)) return new Worker(program, { execArgv: [] });
  // Node 20 does not take --import for threads: the hooks are registered by a program of one line.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(program.href)}); })`;
  return new Worker(code, { eval: true, execArgv: [sourceCondition] });
}
