import { Worker } from 'node:worker_threads';

/** A thread that runs the module at `program`. Run from TypeScript source (our own tests), it needs tsx and the workspace's export condition. */
export function startThread(program: URL): Worker {
  if (!program.href.endsWith('.ts')) return new Worker(program, { execArgv: [] });
  // Node 20 does not take --import for threads: the hooks are registered by a program of one line.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(program.href)}); })`;
  return new Worker(code, { eval: true, execArgv: ['--conditions=@munit/source'] });
}
