import { ConfigError, nearestName, shownValue } from '@munit/core';
import { isScalar, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import { type PresetName, presetNames, presets } from './presets.js';
import { misfitsOf } from './fit.js';
import { configSchema, type TrainingConfig, type TrainingConfigInput } from './schema.js';
import { defaultsOf, mergeOptions, withOurNames } from './trainers.js';

/**
 * Fills in, checks and returns a configuration: defaults, those of the trainer, then the preset, then what is given. CycleGAN's and
 * BicycleGAN's options may have their published names (`ngf`, `lambda_A`).
 * @throws ConfigError that names unknown keys, values out of range, and sizes that contradict each other or do not go through the networks
 */
export function resolveConfig(given: TrainingConfigInput = {}, preset?: PresetName): TrainingConfig {
  if (preset !== undefined && !presetNames.includes(preset)) {
    throw new ConfigError(`There is no preset '${shownValue(preset)}'.`, { remedy: `Take one of ${presetNames.join(', ')}.` });
  }
  const chosen: TrainingConfigInput = preset === undefined ? {} : presets[preset];
  const trainer = given.trainer ?? chosen.trainer ?? 'MUNIT';
  const named = withOurNames(trainer, given);
  const merged = mergeOptions(mergeOptions(defaultsOf(trainer), chosen), named) as TrainingConfigInput;
  const result = configSchema.safeParse(merged);
  if (!result.success) throw new ConfigError(explain(result.error.issues, merged), { cause: result.error });
  const misfits = misfitsOf(result.data);
  if (misfits.length > 0) {
    throw new ConfigError(`The configuration cannot be used: ${misfits.map(({ problem }) => problem).join('; ')}.`, { remedy: misfits.map(({ remedy }) => remedy).join(' ') });
  }
  return result.data;
}

/** Options that published files hold and their trainers never read. */
const unread = ['recon_h_w'] as const;
/** Weights of UNIT's loss alone, and of MUNIT's. */
const termsOf = { UNIT: ['recon_kl_w', 'recon_kl_cyc_w'], MUNIT: ['recon_s_w', 'recon_c_w'] } as const;

/**
 * Reads a configuration file of the published form. Those of UNIT's repository do not name their trainer, which is an option of its
 * command line: a file that weights UNIT's terms and none of MUNIT's is UNIT's.
 * @param onNotice what the file does not say, or says and nobody reads
 * @throws ConfigError when it is not YAML, not a mapping, has unknown keys or values out of range, or sizes that do not fit
 */
export function parseConfig(yamlText: string, overrides: TrainingConfigInput = {}, preset?: PresetName, onNotice?: (message: string) => void): TrainingConfig {
  const parsed = yamlOf(yamlText);
  if (!isMapping(parsed)) throw new ConfigError('The configuration must be a mapping of option names to values.');
  const file = published(parsed, overrides.trainer === undefined, onNotice);
  return resolveConfig(mergeOptions(file, overrides) as TrainingConfigInput, preset);
}

/** What a text of YAML holds. @throws ConfigError when it is not YAML, or an option is given twice */
function yamlOf(text: string): unknown {
  try {
    // The parser looks for repeated keys by comparing each with each, which takes many seconds where there are thousands.
    const document = parseDocument(text, { merge: true, uniqueKeys: false });
    visit(document, { Map: (_, { items }) => requireUnique(items.flatMap(({ key }) => (isScalar(key) ? String(key.value) : []))) });
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS();
  } catch (cause) {
    throw new ConfigError(`The configuration is not valid YAML: ${(cause as Error).message}`, { cause });
  }
}

function requireUnique(keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw new Error(`the option '${clipped(key)}' is given twice.`);
    seen.add(key);
  }
}

/** A file's options without those that nobody reads, and with its trainer. */
function published(file: Readonly<Record<string, unknown>>, inferTrainer: boolean, onNotice: ((message: string) => void) | undefined): Readonly<Record<string, unknown>> {
  const known = Object.entries(file).filter(([key]) => !(unread as readonly string[]).includes(key));
  const has = (keys: readonly string[]): boolean => keys.some((key) => Object.hasOwn(file, key));
  for (const key of unread) if (has([key])) onNotice?.(`'${key}' of the configuration file is not used: the published trainer does not read it either.`);
  if (!inferTrainer || has(['trainer', ...termsOf.MUNIT]) || !has(termsOf.UNIT)) return Object.fromEntries(known);
  onNotice?.(`The configuration file names no trainer, but weights UNIT's terms (${termsOf.UNIT.filter((key) => has([key])).join(', ')}): UNIT is trained. Set 'trainer' to choose.`);
  return { ...Object.fromEntries(known), trainer: 'UNIT' };
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Problems and unknown options that a message names; it says how many more there are. */
const NAMED = 10;
/** Characters of a key or value that a message shows. */
const SHOWN = 60;

function explain(issues: readonly z.core.$ZodIssue[], given: unknown): string {
  const lines = issues.flatMap((issue) => {
    const where = issue.path.join('.');
    // Words are made of those that are shown: a file may hold thousands, and each is compared with all known names.
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => (): string => `unknown option '${where === '' ? '' : `${where}.`}${clipped(key)}'${nearest(key, where)}`);
    }
    return [(): string => `'${where}' is ${shown(valueAt(given, issue.path))}: ${issue.message}`];
  });
  const more = lines.length > NAMED ? `; and ${lines.length - NAMED} more` : '';
  return `The configuration cannot be used: ${lines.slice(0, NAMED).map((line) => line()).join('; ')}${more}.`;
}

const clipped = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

const shown = (value: unknown): string => clipped(typeof value === 'string' ? JSON.stringify(value) : shownValue(value));

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => (node === null || typeof node !== 'object' ? undefined : (node as Record<PropertyKey, unknown>)[key]), value);
}

function nearest(key: string, where: string): string {
  const shape: Record<string, unknown> = where === 'gen' ? configSchema.shape.gen.unwrap().shape : where === 'dis' ? configSchema.shape.dis.unwrap().shape : configSchema.shape;
  const meant = nearestName(key, Object.keys(shape));
  return meant === undefined ? '' : ` (did you mean '${meant}'?)`;
}
