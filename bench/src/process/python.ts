/** A Python for the peers that are written in it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Absent } from './contestant.js';

/** A Python that has a library. @throws Absent when there is none */
export function findPython(needs: string): string {
  const chosen = process.env['MUNIT_PYTHON'];
  const candidates = chosen === undefined || chosen === '' ? ['python3', '/usr/bin/python3', 'python'] : [chosen];
  const found = candidates.find((file) => spawnSync(file, ['-c', `import ${needs}`]).status === 0);
  if (found === undefined) throw new Absent(`no Python with ${needs} among ${candidates.join(', ')} (name one by MUNIT_PYTHON)`);
  return found;
}

/** Threads are read when a library is loaded; bytecode beside the sources would be litter; munit_torch lies in python/. */
export function pythonEnvironment(threads: number): Record<string, string> {
  const count = String(threads);
  return { OMP_NUM_THREADS: count, MKL_NUM_THREADS: count, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: fileURLToPath(new URL('../../../python', import.meta.url)) };
}
