import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript-api';
import { root } from '../lib/paths.mjs';
import { workspaces } from '../lib/workspace.mjs';

/** @typedef {import('./check.mjs').Violation} Violation @typedef {{ title: string, node: ts.Declaration }} Missing */

/**
 * The TypeScript entry files of every package under `packages/`, as its `exports` name them, relative to the root.
 * @returns {{ name: string, entries: string[] }[]}
 */
export function packageEntries() {
  return workspaces()
    .filter(({ folder }) => folder.startsWith('packages/'))
    .map(({ folder, manifest }) => ({ name: manifest.name, entries: sourcesOf(manifest.exports).map((path) => join(folder, path)) }));
}

/** @param {unknown} exported @returns {string[]} */
function sourcesOf(exported) {
  if (typeof exported === 'string') return /\.tsx?$/.test(exported) ? [exported] : [];
  if (typeof exported !== 'object' || exported === null) return [];
  const record = /** @type {Record<string, unknown>} */ (exported);
  return '@munit/source' in record ? sourcesOf(record['@munit/source']) : Object.values(record).flatMap(sourcesOf);
}

/**
 * Exports of package entries, values and types, and members of exported interfaces and classes, that have no doc comment.
 * @param {readonly { name: string, entries: readonly string[] }[]} packages
 * @returns {Violation[]}
 */
export function undocumentedExports(packages) {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.config.compilerOptions, composite: false, noEmit: true }, root);
  const files = packages.flatMap(({ entries }) => entries.map((entry) => join(root, entry))).filter((file) => existsSync(file));
  const program = createOwnProgram(files, { ...options, types: [], noLib: true });
  const checker = program.getTypeChecker();

  /** @type {Map<string, Violation>} */
  const violations = new Map();
  for (const { name, entries } of packages) {
    for (const entry of entries) {
      const file = program.getSourceFile(join(root, entry));
      const module = file && checker.getSymbolAtLocation(file);
      if (module === undefined) continue;
      for (const exported of checker.getExportsOfModule(module)) {
        const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        for (const { title, node } of undocumented(checker, symbol, exported.name)) {
          const source = node.getSourceFile();
          // What another package declares is documented there.
          if (!source.fileName.startsWith(root) || source.fileName.includes('node_modules')) continue;
          const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
          violations.set(`${name} ${title}`, {
            key: `${name} ${title}`,
            text: `${relative(root, source.fileName)}:${line}: ${title}, which ${name} exports, has no doc comment.`,
          });
        }
      }
    }
  }
  return [...violations.values()];
}

/** A program of our own files only: what they take from elsewhere is documented there. @param {string[]} files @param {ts.CompilerOptions} options */
function createOwnProgram(files, options) {
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(root, (path) => path, options);
  host.resolveModuleNameLiterals = (literals, containing, redirected, settings, source) =>
    literals.map((literal) =>
      /^(\.|@munit\/)/.test(literal.text)
        ? ts.resolveModuleName(literal.text, containing, settings, host, cache, redirected, ts.getModeForUsageLocation(source, literal, settings))
        : { resolvedModule: undefined },
    );
  return ts.createProgram(files, options, host);
}

/** @param {ts.TypeChecker} checker @param {ts.Symbol} symbol @param {string} name @returns {Missing[]} */
function undocumented(checker, symbol, name) {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  if (first === undefined) return [];
  // A namespace import that is exported as a whole is documented by its file.
  if (ts.isSourceFile(first)) return [];
  const own = declarations.some(hasDoc) ? [] : [{ title: name, node: first }];
  return [...own, ...declarations.flatMap((node) => undocumentedMembers(checker, node, name))];
}

/**
 * Members without a comment of their own, unless it is inherited, the head's comment names them in backticks, or they only tell the
 * members of a union from each other.
 * @param {ts.TypeChecker} checker @param {ts.Declaration} node @param {string} name @returns {Missing[]}
 */
function undocumentedMembers(checker, node, name) {
  const members = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? node.members : typeLiteralMembers(node);
  const head = ts.getJSDocCommentsAndTags(node).map((doc) => doc.getText()).join(' ');
  /** @type {Map<string, { node: ts.Declaration, documented: boolean }>} */
  const byName = new Map();
  for (const member of members) {
    const key = nameOf(member);
    if (key === undefined) continue;
    const before = byName.get(key);
    const symbol = checker.getSymbolAtLocation(member.name ?? member);
    const documented =
      hasDoc(member) ||
      isDiscriminant(member) ||
      head.includes(`\`${key}\``) ||
      (symbol?.getDocumentationComment(checker).length ?? 0) > 0;
    byName.set(key, { node: before?.node ?? member, documented: (before?.documented ?? false) || documented });
  }
  return [...byName].flatMap(([key, { node, documented }]) => (documented ? [] : [{ title: `${name}.${key}`, node }]));
}

/** `kind: 'step'`, or an override, which its base documents. @param {ts.Declaration} member */
const isDiscriminant = (member) =>
  (ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type)) ||
  (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Override) !== 0;

/** @param {ts.Declaration} node @returns {readonly (ts.TypeElement | ts.ClassElement)[]} */
const typeLiteralMembers = (node) => (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type) ? node.type.members : []);

/** The name under which a member is public; nothing for constructors, index signatures and what is private. @param {ts.Declaration} member */
function nameOf(member) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if (ts.getCombinedModifierFlags(member) & hidden) return undefined;
  const name = ts.getNameOfDeclaration(member);
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : undefined;
}

/** @param {ts.Declaration} node */
function hasDoc(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.getJSDocCommentsAndTags(holder).some((doc) => ts.isJSDoc(doc) && (doc.comment !== undefined || (doc.tags?.length ?? 0) > 0));
}
