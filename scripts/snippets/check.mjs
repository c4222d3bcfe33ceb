import { dirname, join } from 'node:path';
import ts from 'typescript-api';
import { root } from '../lib/paths.mjs';

/** @typedef {import('./collect.mjs').Snippet} Snippet */

/**
 * Type-checks snippets, each as a module of its own that lies in its package; JavaScript without strictness, as a page has it.
 * @param {readonly Snippet[]} snippets
 * @returns {string[]} What is wrong, with page and line.
 */
export function checkSnippets(snippets) {
  const isTyped = (/** @type {Snippet} */ { language }) => language.startsWith('ts');
  return [...check(snippets.filter(isTyped), {}), ...check(snippets.filter((snippet) => !isTyped(snippet)), { allowJs: true, checkJs: true, strict: false })];
}

/** @param {readonly Snippet[]} snippets @param {ts.CompilerOptions} more @returns {string[]} */
function check(snippets, more) {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.config.compilerOptions, composite: false, declaration: false, sourceMap: false, inlineSources: false, noEmit: true, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] },
    root,
  );
  const files = new Map(snippets.map((snippet, i) => [join(root, snippet.folder, `snippet${i}.${snippet.language.replace('js', 'mjs').replace('mjsx', 'jsx')}`), snippet]));
  const settings = { ...options, ...more, jsx: ts.JsxEmit.Preserve };
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const snippet = files.get(path);
    // A module even where nothing is imported.
    return snippet === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, `${snippet.code}\nexport {};\n`, rest[0], true);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files].flatMap(([path, { page, line }]) => {
    const source = program.getSourceFile(path);
    if (source === undefined) return [`${page}:${line} could not be read.`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText, start = 0 }) => {
      const at = line + source.getLineAndCharacterOfPosition(start).line;
      return `${page}:${at}: ${ts.flattenDiagnosticMessageText(messageText, ' ').replaceAll(dirname(root), '')}`;
    });
  });
}
