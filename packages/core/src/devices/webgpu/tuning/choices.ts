/** Which tile was chosen for which product, and that as a text to keep: a choice is made once for each adapter and runtime. */
import { tilesVersion } from '../../../wgsl/tiledProduct/tiles.js';
import type { TextStore } from '../../platformTypes.js';
import type { AdapterNames } from '../adapter.js';

/** The names of tiles by the keys of products. */
export type Choices = ReadonlyMap<string, string>;

/** Names all that the choices depend on besides the products: the adapter, who drives it, and which tiles there are. */
export const choicesKey = ({ vendor, architecture, device, description }: AdapterNames, runtime: string): string =>
  JSON.stringify(['munit tiles', tilesVersion, runtime, vendor, architecture, device, description]);

export const textOf = (key: string, choices: Choices): string => JSON.stringify({ of: key, tiles: Object.fromEntries(choices) });

/** The choices in a text; none where it is another adapter's, damaged or absent. */
export function choicesIn(key: string, text: string | undefined): Choices {
  const kept = parse(text);
  if (kept?.['of'] !== key || !isRecord(kept['tiles'])) return new Map();
  return new Map(Object.entries(kept['tiles']).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parse(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The choices that are kept; none where the store cannot be read, so that they are made again. */
export async function readChoices(store: TextStore, key: string): Promise<Choices> {
  return choicesIn(key, await store.read(key).catch(() => undefined));
}

/** Adds choices to those that are kept, another process's among them. What cannot be kept is only measured again. */
export async function keepChoices(store: TextStore, key: string, choices: Choices): Promise<void> {
  const text = textOf(key, new Map([...(await readChoices(store, key)), ...choices]));
  await store.write(key, text).catch(() => undefined);
}
