import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { RunFolderError } from '@munit/core';
import { stringify } from 'yaml';
import * as z from 'zod';
import { writeFileAtomicSync } from './atomic.js';
import type { RunPaths } from './paths.js';
import { textIfAny } from './text.js';

const sessionSchema = z.object({
  startedAt: z.string(),
  /** The step that this start went on from. */
  fromStep: z.int(),
  munit: z.string(),
  node: z.string(),
  platform: z.string(),
  processor: z.string(),
  threads: z.int(),
  memoryBytes: z.number(),
  /** What computes and why nothing better, as the device reports it. */
  device: z.json(),
  command: z.array(z.string()),
});

const manifestSchema = z.object({
  seed: z.int(),
  config: z.json(),
  /** The first start, then one more for each time that the run was resumed. */
  sessions: z.array(sessionSchema).min(1),
});

/** What `run.json` holds: enough to know years later what made a model. */
export type RunManifest = z.output<typeof manifestSchema>;
export type RunSession = z.output<typeof sessionSchema>;

export interface SessionStart {
  readonly seed: number;
  readonly config: unknown;
  readonly device: unknown;
  readonly fromStep: number;
  readonly command?: readonly string[];
}

/** This package's version, from its package.json. */
export function munitVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Plain JSON: no undefined, no functions, typed arrays as they print. */
const toJson = (value: unknown): z.core.util.JSONType => z.json().parse(JSON.parse(JSON.stringify(value ?? null)));

/**
 * The manifest of a run; undefined when the folder has none.
 * @throws RunFolderError when it cannot be read or is not one.
 */
export function readManifest(paths: RunPaths): RunManifest | undefined {
  const text = textIfAny(paths.manifest);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new RunFolderError(`${paths.manifest} is not the description of a run.`, {
      cause,
      remedy: 'Restore it from a copy, or train into another folder.',
    });
  }
}

/** Writes `run.json` (with one more session when it is there already) and `config.yaml`. */
export function writeManifest(paths: RunPaths, start: SessionStart): RunManifest {
  const session: RunSession = {
    startedAt: new Date().toISOString(),
    fromStep: start.fromStep,
    munit: munitVersion(),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? '',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    device: toJson(start.device),
    command: [...(start.command ?? [])],
  };
  const earlier = readManifest(paths)?.sessions ?? [];
  const manifest: RunManifest = { seed: start.seed, config: toJson(start.config), sessions: [...earlier, session] };
  writeFileAtomicSync(paths.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileAtomicSync(paths.config, stringify(manifest.config));
  return manifest;
}
