import { ConfigError } from '@munit/core';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type PresetName, presetNames, presets } from './presets.js';
import { configSchema, type TrainingConfig, type TrainingConfigInput } from './schema.js';

/**
 * Fills in, checks and returns a configuration: defaults, then the preset, then what is given.
 * @throws ConfigError that names every unknown key and every value out of range
 */
export function resolveConfig(given: TrainingConfigInput = {}, preset?: PresetName): TrainingConfig {
  if (preset !== undefined && !presetNames.includes(preset)) {
    throw new ConfigError(`There is no preset '${String(preset)}'.`, { remedy: `Take one of ${presetNames.join(', ')}.` });
  }
  const merged = preset === undefined ? given : merge(presets[preset], given);
  const result = configSchema.safeParse(merged);
  if (!result.success) throw new ConfigError(explain(result.error.issues, given), { cause: result.error });
  return result.data;
}

/**
 * Reads a configuration file of the published form.
 * @throws ConfigError when it is not YAML, not a mapping, or has unknown keys or values out of range
 */
export function parseConfig(yamlText: string, overrides: TrainingConfigInput = {}, preset?: PresetName): TrainingConfig {
  let parsed: unknown;
  try {
    parsed = parse(yamlText);
  } catch (cause) {
    throw new ConfigError(`The configuration is not valid YAML: ${(cause as Error).message}`, { cause });
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new ConfigError('The configuration must be a mapping of option names to values.');
  }
  return resolveConfig(merge(parsed as TrainingConfigInput, overrides), preset);
}

/** `over` on top of `base`; the nested options of `gen` and `dis` one by one. */
function merge(base: TrainingConfigInput, over: TrainingConfigInput): TrainingConfigInput {
  return { ...base, ...over, gen: { ...base.gen, ...over.gen }, dis: { ...base.dis, ...over.dis } };
}

function explain(issues: readonly z.core.$ZodIssue[], given: unknown): string {
  const lines = issues.map((issue) => {
    const where = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const prefix = where === '' ? '' : `${where}.`;
      return issue.keys.map((key) => `unknown option '${prefix}${key}'${nearest(key, where)}`).join('; ');
    }
    return `'${where}' is ${JSON.stringify(valueAt(given, issue.path))}: ${issue.message}`;
  });
  return `The configuration cannot be used: ${lines.join('; ')}.`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => (node === null || typeof node !== 'object' ? undefined : (node as Record<PropertyKey, unknown>)[key]), value);
}

function nearest(key: string, where: string): string {
  const shape: Record<string, unknown> = where === 'gen' ? configSchema.shape.gen.unwrap().shape : where === 'dis' ? configSchema.shape.dis.unwrap().shape : configSchema.shape;
  const best = Object.keys(shape)
    .map((name) => ({ name, distance: editDistance(key, name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= 3 ? ` (did you mean '${best.name}'?)` : '';
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
