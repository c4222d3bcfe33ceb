import { posix } from 'node:path';
import ts from 'typescript-api';
import { isTest, packageOf } from './sources.mjs';

/** @typedef {import('./sources.mjs').Source} Source @typedef {import('./check.mjs').Violation} Violation */

/**
 * Cycles between the files and folders of one folder: `a/x.ts` imports from `b/`, and `b/y.ts` from `a/`. No file need be part of a
 * cycle for that, and yet neither folder can be understood before the other. Types count: a reader follows them too.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function folderCycles(sources) {
  const paths = new Set(sources.map(({ path }) => path));
  /** For each folder, which of its entries import which, and the import that shows it. @type {Map<string, Map<string, Map<string, string>>>} */
  const graphs = new Map();
  for (const { path, text } of sources) {
    if (isTest(path)) continue;
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      const target = fileName.startsWith('.') ? sourceOf(posix.join(posix.dirname(path), fileName), paths) : undefined;
      if (target === undefined || isTest(target) || packageOf(target) !== packageOf(path)) continue;
      const { folder, from, to } = whereTheyPart(path, target);
      const arrows = getOrAdd(getOrAdd(graphs, folder, () => new Map()), from, () => new Map());
      if (!arrows.has(to)) arrows.set(to, `${path} imports ${target}`);
    }
  }
  return [...graphs].flatMap(([folder, graph]) =>
    cyclesOf(graph).map((cycle) => ({
      key: `${folder} ${[...cycle].sort().join(' ')}`,
      text: [
        `${folder}: ${cycle.join(' → ')} → ${cycle[0]} is a cycle.`,
        ...cycle.map((from, i) => `    ${graph.get(from)?.get(cycle[(i + 1) % cycle.length] ?? '')}`),
      ].join('\n'),
    })),
  );
}

/** The source of a compiled file's name, as imports give it. @param {string} path @param {ReadonlySet<string>} paths */
const sourceOf = (path, paths) => [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path].find((file) => paths.has(file));

/** The lowest folder that holds both files, and the entry of it in which each lies. @param {string} a @param {string} b */
function whereTheyPart(a, b) {
  const [as, bs] = [a.split('/'), b.split('/')];
  let depth = 0;
  while (as[depth] === bs[depth]) depth++;
  return { folder: as.slice(0, depth).join('/'), from: as[depth] ?? '', to: bs[depth] ?? '' };
}

/**
 * One shortest cycle through each strongly connected group of a graph.
 * @param {Map<string, Map<string, string>>} graph
 */
function cyclesOf(graph) {
  /** @type {string[][]} */
  const cycles = [];
  const seen = new Set();
  for (const start of [...graph.keys()].sort()) {
    if (seen.has(start)) continue;
    const cycle = shortestCycle(graph, start);
    if (cycle === undefined) continue;
    for (const entry of cycle) seen.add(entry);
    cycles.push(cycle);
  }
  return cycles;
}

/** @param {Map<string, Map<string, string>>} graph @param {string} start @returns {string[] | undefined} */
function shortestCycle(graph, start) {
  /** @type {string[][]} */
  const open = [[start]];
  const reached = new Set();
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    for (const next of graph.get(path.at(-1) ?? '')?.keys() ?? []) {
      if (next === start) return path;
      if (reached.has(next)) continue;
      reached.add(next);
      open.push([...path, next]);
    }
  }
  return undefined;
}

/** @template K, V @param {Map<K, V>} map @param {K} key @param {() => V} make */
function getOrAdd(map, key, make) {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
