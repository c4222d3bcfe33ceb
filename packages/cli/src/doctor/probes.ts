/** The doctor's senses, so that tests can stand in for a machine. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, freemem, homedir, platform, release, totalmem } from 'node:os';

export interface Probes {
  readonly nodeVersion: string;
  readonly platform: string;
  readonly release: string;
  readonly arch: string;
  readonly home: string;
  readonly processor: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file, or undefined. */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  /** Names in a folder; none where it is absent. */
  list(folder: string): readonly string[];
  /** Free bytes where `folder` is, or undefined. */
  free(folder: string): number | undefined;
  /** Runs a program; its streams, and undefined for the code where it could not be run or took too long. */
  run(program: string, args: readonly string[], options: { readonly seconds: number; readonly environment?: Readonly<Record<string, string>> }): Promise<Ran>;
}

export interface Ran {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The signal that ended it. */
  readonly signal?: string | undefined;
}

export const machineProbes = (): Probes => ({
  nodeVersion: process.version,
  platform: platform(),
  release: release(),
  arch: arch(),
  home: homedir(),
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  threads: availableParallelism(),
  memoryBytes: totalmem(),
  freeMemoryBytes: freemem(),
  environment: process.env,
  read: (path) => attempt(() => readFileSync(path, 'utf8')),
  exists: existsSync,
  list: (folder) => attempt(() => readdirSync(folder)) ?? [],
  free: (folder) =>
    attempt(() => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    }),
  run: (program, args, { seconds, environment }) =>
    new Promise((resolve) => {
      const options = { timeout: seconds * 1000, maxBuffer: 2 ** 24, env: { ...process.env, ...environment } };
      const child = execFile(program, [...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : (child.exitCode ?? undefined);
        resolve({ code, stdout, stderr, signal: child.signalCode ?? undefined });
      });
    }),
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
