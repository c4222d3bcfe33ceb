/** What a comparison trains and measures: its YAML file, read and checked before anything is trained. */
import { ConfigError } from '@munit/core';
import { presetNames, type PresetName, resolveConfig, type TrainingConfig, type TrainingConfigInput } from '@munit/train';
import { parse } from 'yaml';

/** One method of a comparison. */
export interface MethodPlan {
  /** In tables; its runs' folder is made of it. */
  readonly name: string;
  /** Of letters, digits and dashes. */
  readonly folder: string;
  /** How long each of its runs trains: the comparison's budget, or its own. */
  readonly budget: Budget;
  /** The configuration of each seed, resolved. */
  readonly configs: ReadonlyMap<number, TrainingConfig>;
}

/** How long each run trains. */
export type Budget = { readonly steps: number } | { readonly minutes: number };

/** A comparison. */
export interface ComparisonPlan {
  readonly methods: readonly MethodPlan[];
  readonly budget: Budget;
  readonly seeds: readonly number[];
  readonly evaluation: EvaluationPlan;
}

/** How each run is measured. */
export interface EvaluationPlan {
  /** Held-out inputs that are translated: at least 4, which distances of sets need. */
  readonly inputs: number;
  /** Random translations of each. */
  readonly styles: number;
  /** Resampled sets of each interval of a distance of sets. */
  readonly resamples: number;
  /** A folder that `munit classify train` wrote, for IS and CIS; undefined leaves them out. */
  readonly classifier: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);

const invalid = (problem: string, remedy: string): ConfigError => new ConfigError(`The comparison cannot be used: ${problem}.`, { remedy });

/** Methods that may be named alone, and the preset and options that they stand for: the rows of the paper's tables. */
export const namedMethods: Readonly<Record<string, { readonly preset: PresetName; readonly config: TrainingConfigInput }>> = {
  MUNIT: { preset: 'quick', config: {} },
  'MUNIT without image reconstruction': { preset: 'quick', config: { without: ['image'] } },
  'MUNIT without content reconstruction': { preset: 'quick', config: { without: ['content'] } },
  'MUNIT without style reconstruction': { preset: 'quick', config: { without: ['style'] } },
  UNIT: { preset: 'quick', config: { trainer: 'UNIT' } },
  CycleGAN: { preset: 'quick-cyclegan', config: {} },
  'CycleGAN with noise': { preset: 'quick-cyclegan-noise', config: {} },
  BicycleGAN: { preset: 'quick-bicyclegan', config: {} },
};

/** Whole numbers of a field, each at least `least`. */
function wholeNumber(fields: Fields, key: string, otherwise: number | undefined, least = 1): number {
  const value = fields[key] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  throw invalid(`'${key}' must be a whole number of at least ${least}, but it is ${JSON.stringify(value) ?? 'absent'}`, `Set ${key}.`);
}

function onlyKeys(what: string, fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw invalid(`${what} has the unknown option '${unknown.join("', '")}'`, `Known options: ${known.join(', ')}.`);
}

function branch(fields: Fields, key: string): Fields {
  const value = fields[key] ?? {};
  if (!isFields(value)) throw invalid(`'${key}' must be a mapping of options to values`, 'Indent its options below it.');
  return value;
}

/**
 * The comparison of a YAML file.
 * @throws ConfigError that names what is absent, unknown or out of range, in the file or in the configuration of a method
 */
export function readPlan(text: string): ComparisonPlan {
  let file: unknown;
  try {
    file = parse(text);
  } catch (cause) {
    throw new ConfigError(`The comparison is not valid YAML: ${(cause as Error).message}`, { cause });
  }
  if (!isFields(file)) throw invalid('it must be a mapping', 'Begin with data, methods, budget and seeds.');
  onlyKeys('it', file, ['data', 'methods', 'budget', 'seeds', 'evaluation', 'config']);
  const seeds = seedsOf(file['seeds'] ?? [0]);
  const budget = budgetOf(branch(file, 'budget'));
  const shared = { ...branch(file, 'config'), ...branch(file, 'data') };
  const methods = methodsOf(file['methods'], budget, (chosen) => configsOf({ ...chosen, shared, seeds }));
  return { methods, budget, seeds, evaluation: evaluationOf(branch(file, 'evaluation')) };
}

function evaluationOf(fields: Fields): EvaluationPlan {
  onlyKeys("'evaluation'", fields, ['inputs', 'styles', 'resamples', 'classifier']);
  const { classifier } = fields;
  if (classifier !== undefined && typeof classifier !== 'string') throw invalid(`'evaluation.classifier' is ${JSON.stringify(classifier)}`, 'Give the folder that `munit classify train` wrote.');
  return { inputs: wholeNumber(fields, 'inputs', 100, 4), styles: wholeNumber(fields, 'styles', 20, 2), resamples: wholeNumber(fields, 'resamples', 100, 0), classifier };
}

function seedsOf(value: unknown): number[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  const seeds = list.filter((seed): seed is number => typeof seed === 'number' && Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff);
  if (seeds.length === list.length && seeds.length > 0 && new Set(seeds).size === seeds.length) return seeds;
  throw invalid(`'seeds' must be different whole numbers from 0 to 2^32 − 1, but it is ${JSON.stringify(value)}`, 'Write seeds: [0, 1].');
}

function budgetOf(fields: Fields): Budget {
  onlyKeys("'budget'", fields, ['steps', 'minutes']);
  const { steps, minutes } = fields;
  if ((steps === undefined) === (minutes === undefined)) throw invalid("'budget' must be either steps or minutes", 'Write budget: { steps: 2000 }.');
  if (steps !== undefined) return { steps: wholeNumber(fields, 'steps', undefined) };
  if (typeof minutes === 'number' && minutes > 0 && Number.isFinite(minutes)) return { minutes };
  throw invalid(`'budget.minutes' must be above 0, but it is ${JSON.stringify(minutes)}`, 'Set the minutes that each run trains.');
}

/** `munit-without-style-reconstruction` */
const folderOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

/** A method as it is chosen: what its configurations are made of. */
interface Chosen {
  readonly name: string;
  readonly preset: PresetName | undefined;
  readonly config: Fields;
  readonly budget: Budget;
}

type Resolve = (chosen: Chosen) => ReadonlyMap<number, TrainingConfig>;

function methodsOf(value: unknown, budget: Budget, resolve: Resolve): MethodPlan[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid("'methods' must be a list of at least one method", `Name some of ${Object.keys(namedMethods).join(', ')}, or give name, preset and config.`);
  const methods = (value as unknown[]).map((item): MethodPlan => {
    const chosen = chosenOf(typeof item === 'string' ? { method: item } : item, budget);
    return { name: chosen.name, folder: folderOf(chosen.name), budget: chosen.budget, configs: resolve(chosen) };
  });
  const twice = methods.find(({ folder }, i) => methods.findIndex((other) => other.folder === folder) !== i);
  if (twice !== undefined) throw invalid(`two methods are called '${twice.name}'`, 'Give each a name of its own.');
  return methods;
}

/** A method of the list: a named one, with or without changes, or a preset with changes. */
function chosenOf(item: unknown, budget: Budget): Chosen {
  if (!isFields(item)) throw invalid(`a method is ${JSON.stringify(item)}`, 'Give its name, or a mapping of name, method or preset, and config.');
  onlyKeys('a method', item, ['name', 'method', 'preset', 'config', 'budget']);
  const { method, preset, name = method } = item;
  if (typeof name !== 'string' || folderOf(name) === '') throw invalid(`a method's 'name' is ${JSON.stringify(name)}`, 'Give every method a name.');
  const own = item['budget'] === undefined ? budget : budgetOf(branch(item, 'budget'));
  if (method === undefined) {
    if (preset !== undefined && !(presetNames as readonly unknown[]).includes(preset)) throw invalid(`'${name}' has the unknown preset ${JSON.stringify(preset)}`, `Take one of ${presetNames.join(', ')}.`);
    return { name, preset: preset as PresetName | undefined, config: branch(item, 'config'), budget: own };
  }
  const called = typeof method === 'string' ? method : JSON.stringify(method);
  const named = Object.hasOwn(namedMethods, called) ? namedMethods[called] : undefined;
  if (named === undefined) throw invalid(`there is no method '${called}'`, `Name some of ${Object.keys(namedMethods).join(', ')}, or give name, preset and config.`);
  if (preset !== undefined) throw invalid(`'${name}' has both a method and a preset`, `Leave one out: ${called} stands for the preset ${named.preset}.`);
  return { name, preset: named.preset, config: { ...named.config, ...branch(item, 'config') }, budget: own };
}

interface Unresolved extends Chosen {
  readonly shared: Fields;
  readonly seeds: readonly number[];
}

/** The options of the comparison go over those of the preset, and those of the method over both. */
function configsOf({ preset, config, name, shared, seeds, budget }: Unresolved): Map<number, TrainingConfig> {
  const nested = (key: 'gen' | 'dis'): Fields => ({ ...(shared[key] as Fields | undefined), ...(config[key] as Fields | undefined) });
  const length = 'steps' in budget ? { max_iter: budget.steps } : {};
  return new Map(
    seeds.map((seed) => {
      try {
        return [seed, resolveConfig({ ...shared, ...config, gen: nested('gen'), dis: nested('dis'), ...length, seed } as TrainingConfigInput, preset)] as const;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw new ConfigError(`The method '${name}': ${error.message}`, { cause: error });
      }
    }),
  );
}
