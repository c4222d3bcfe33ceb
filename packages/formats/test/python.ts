/** PyTorch, where the machine has it: the proof that what we write is read. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Python whose torch knows `weights_only` (1.13 and later), if there is one; torch itself is slow to import. */
export function findPyTorch(): string | undefined {
  const probe = 'import os, importlib.util as u; assert os.path.exists(os.path.dirname(u.find_spec("torch").origin) + "/_weights_only_unpickler.py")';
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', probe], { stdio: 'ignore', timeout: 60_000 });
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a script with the files' paths as its arguments; what it prints is JSON. */
export function runPython(python: string, script: string, ...files: readonly Uint8Array[]): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'munit-formats-'));
  try {
    const paths = files.map((file, i) => {
      const path = join(folder, `${i}.pt`);
      writeFileSync(path, file);
      return path;
    });
    return JSON.parse(execFileSync(python, ['-c', script, ...paths], { encoding: 'utf8', timeout: 120_000 })) as unknown;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
