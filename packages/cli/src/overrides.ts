import { parse } from 'yaml';
import { UsageError } from './errors.js';

/** Values of a YAML file, given one by one: `lr=3e-4`, `gen.dim=32`, `diff_augment=[color]`. */
export function parseOverrides(assignments: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const path = assignment.slice(0, Math.max(0, at)).split('.');
    if (at < 1 || path.some((part) => !/^\w+$/.test(part) || part === '__proto__')) {
      throw new UsageError(`--set takes name=value; got '${assignment}'.`, 'For example: --set lr=3e-4 --set gen.dim=32');
    }
    let node = result;
    for (const part of path.slice(0, -1)) {
      const inner = node[part];
      const next: Record<string, unknown> = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
      node[part] = next;
      node = next;
    }
    node[path.at(-1)!] = valueOf(assignment.slice(at + 1), assignment);
  }
  return result;
}

function valueOf(text: string, assignment: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    throw new UsageError(`The value of '${assignment}' is not valid YAML.`, 'Put quotes around text with special characters.');
  }
}
