import ts from 'typescript-api';
import { isTest, lineOf, packageOf } from './sources.mjs';

/** @typedef {import('./sources.mjs').Source} Source @typedef {import('./check.mjs').Violation} Violation */

/** What several packages speak of: declared once in the workspace, and imported everywhere else. */
export const sharedNouns = [
  'AdamState',
  'Channel',
  'Direction',
  'Domain',
  'DomainName',
  'LossTerm',
  'Metric',
  'Params',
  'PerDomain',
  'PixelImage',
  'RemedyId',
  'Size',
  'TrainingSession',
  'otherDomain',
  'perDomain',
  'sha256',
  'writeFileAtomic',
];

/**
 * Shared nouns that are declared more than once, exported or not.
 * @param {readonly Source[]} sources
 * @param {readonly string[]} [nouns]
 * @returns {Violation[]}
 */
export function repeatedDeclarations(sources, nouns = sharedNouns) {
  /** @type {Map<string, { place: string, home: string }[]>} */
  const found = new Map(nouns.map((noun) => [noun, []]));
  for (const source of sources) {
    if (isTest(source.path)) continue;
    source.ast.forEachChild((node) => {
      for (const name of declaredNames(node))
        found.get(name)?.push({ place: `${source.path}:${lineOf(source, node.getStart())}`, home: packageOf(source.path) });
    });
  }
  return [...found].flatMap(([noun, places]) =>
    places.length < 2
      ? []
      : places.map(({ place, home }) => ({
          key: `${noun} ${home}`,
          text: `${place} declares ${noun}, one of ${places.length} declarations. Keep one, and import it in the others.`,
        })),
  );
}

/** @param {ts.Node} node @returns {string[]} */
function declaredNames(node) {
  const isOne =
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    // The overloads of a function are one declaration: the one with a body.
    (ts.isFunctionDeclaration(node) && node.body !== undefined);
  if (isOne) return node.name === undefined ? [] : [node.name.text];
  if (!ts.isVariableStatement(node)) return [];
  return node.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}
