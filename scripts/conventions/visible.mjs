import ts from 'typescript-api';
import { isTest, lineOf } from './sources.mjs';

/** @typedef {import('./sources.mjs').Source} Source @typedef {import('./check.mjs').Violation} Violation */

/** Apps whose texts come from tables, one for each language, with what is not shown there: the tables themselves, and pages for developers. */
const translated = [{ below: 'apps/studio/src/', apart: /^apps\/studio\/src\/(words|element)\// }];

/** Attributes of elements and components that people see or hear. */
const spokenAttributes = /^(label|fullLabel|title|alt|placeholder|hint|about|aria-(label|valuetext|description|roledescription|placeholder))$/;

/** Properties of objects that become such attributes, and what errors say. */
const spokenProperties = /^(label|fullLabel|title|about|hint|text|remedy|message|description)$/;

/** Calls whose arguments people read. */
const spokenCalls = /^(notify|warn|part|alert|confirm|prompt)$|Error$|^DOMException$/;

/** Literals that are the same in every language, and reasons of errors that programs read: causes, what is never thrown in a working page. */
const names = new Set([
  'PNG',
  'WebP',
  'JPEG',
  'it does not load',
  'it has no pictures',
  'The model is no longer loaded.',
  'The evaluation has not been opened.',
  'Call `open` first.',
]);

/**
 * Visible texts that are written where they are shown, instead of in the tables.
 * @param {readonly Source[]} sources
 * @returns {Violation[]}
 */
export function visibleTexts(sources) {
  return sources
    .filter(({ path }) => translated.some(({ below, apart }) => path.startsWith(below) && !apart.test(path)) && !isTest(path))
    .flatMap((source) =>
      textsIn(source).map(({ position, text }) => ({
        key: `${source.path} ${text}`,
        text: `${source.path}:${lineOf(source, position)}: “${text}” is shown. Put it into the tables of words, in every language.`,
      })),
    );
}

/** @param {Source} source @returns {{ position: number, text: string }[]} */
function textsIn({ ast }) {
  /** @type {Map<number, string>} */
  const found = new Map();
  /** @param {ts.Node} node @param {string} text */
  const add = (node, text) => {
    const said = text.replaceAll(/\s+/g, ' ').trim();
    if (/\p{L}{2}|^\p{L}$/u.test(said) && !names.has(said)) found.set(node.getStart(), said);
  };
  /** All literals that an expression may come to: not its conditions, and not what it calls. @param {ts.Node} node */
  const literals = (node) => {
    if (ts.isStringLiteralLike(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node)) for (const part of [node.head, ...node.templateSpans.map(({ literal }) => literal)]) add(part, part.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(literals);
    else if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node)) literals(node.expression);
    else if (ts.isBinaryExpression(node) && !/^[=!<>]/.test(node.operatorToken.getText())) {
      if (node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) literals(node.left);
      literals(node.right);
    } else if (ts.isJsxExpression(node) && node.expression !== undefined) literals(node.expression);
    else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) literals(node.body);
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isJsxText(node)) add(node, node.text);
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) literals(node);
    else if (ts.isJsxAttribute(node) && spokenAttributes.test(node.name.getText()) && node.initializer !== undefined) literals(node.initializer);
    else if (ts.isPropertyAssignment(node) && spokenProperties.test(node.name.getText())) literals(node.initializer);
    else if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && spokenCalls.test(calleeOf(node))) {
      // What kind of a notice it is comes second.
      const [first] = node.arguments ?? [];
      if (first !== undefined) literals(first);
    } else if (ts.isBinaryExpression(node) && /^[=!]==?$/.test(node.operatorToken.getText())) {
      // What something is compared with is not shown.
      [node.left, node.right].filter((side) => !ts.isStringLiteralLike(side)).forEach(visit);
      return;
    } else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      // Anywhere else: what reads like a sentence.
      if (/\p{L}{2,} \p{L}.*[.!?…]$|^\p{Lu}\p{Ll}+ \p{L}{2,}/u.test(node.text) && !ts.isImportDeclaration(node.parent)) add(node, node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return [...found].map(([position, text]) => ({ position, text }));
}

/** @param {ts.CallExpression | ts.NewExpression} node */
function calleeOf({ expression }) {
  // A channel notifies its other end by names of calls.
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text === 'notify' ? '' : expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : '';
}
