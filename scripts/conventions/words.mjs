import ts from 'typescript-api';
import { lineOf, packageOf } from './sources.mjs';

/** @typedef {import('./sources.mjs').Source} Source @typedef {import('./check.mjs').Violation} Violation */

const comparative = 'longer|more|less|fewer|larger|smaller|slower|faster|better|worse|newer|older|higher|lower|greater|wider|deeper|different|other|such|one|exception|matter';

/**
 * Turns of phrase that a native reader stumbles on, and what to write instead: `found` holds examples, `passed` right uses of the
 * same words. A space in a pattern is any white space, line breaks too.
 * @type {readonly { pattern: RegExp, instead: string, found: readonly string[], passed: readonly string[] }[]}
 */
export const phrases = [
  {
    pattern: /\banew\b/i,
    instead: '“again”, “from scratch”, “a new …”',
    found: ['load the model anew'],
    passed: ['a new model', 'renewed'],
  },
  {
    pattern: new RegExp(`(?<!\\bthere )\\b(is|are|was|were) no (?!(${comparative})\\b)(?=[a-z])`, 'i'),
    instead: '“is not a …”, “is not a valid …”, “has no …”',
    found: ['This file is no checkpoint.', 'or one is no number of at least 0'],
    passed: ['There is no adapter', 'which is no longer there', 'is no more than 4', 'is not a number'],
  },
  {
    pattern: /\bnone (came|was given|were given)\b/i,
    instead: '“is required”, “got none”',
    found: ['a style code is needed, but none came'],
    passed: ['none of them came'],
  },
  {
    pattern: /\bcame (with|anew)\b/i,
    instead: '“has”, “got”, “was given”',
    found: ['scores at 2 scales for fakes came with 3 for reals'],
    passed: ['the error came from the worker'],
  },
  {
    pattern: /\bfor who\b/i,
    instead: '“for whoever …”, “for anyone who …”',
    found: ['for who has to dispose of old ones'],
    passed: ['for those who read it', 'for whoever reads it'],
  },
  {
    pattern: /\bthat (are|is) none\b/i,
    instead: '“other …”',
    found: ['lines that are none are passed over'],
    passed: ['that is nonetheless right', 'that are not'],
  },
  {
    pattern: /\b(go|goes|going) on\b(?! (to|top|the|a|an|one|any|every|each|its|this|that|both)\b)/i,
    instead: '“continue”, “resume”',
    found: ['the weights go on', 'Go on', 'training goes on from there'],
    passed: ['goes on the device', 'it goes on to the next layer'],
  },
  {
    pattern: /\btold\b/i,
    instead: '“sent”, “reported”, “notified”, “distinguished from”',
    found: ['the listener is told', 'told apart by their suffix'],
    passed: ['tolerance', 'tell them apart'],
  },
];

/** The patterns with any white space for a space. */
const compiled = phrases.map(({ pattern, instead }) => ({
  pattern: new RegExp(pattern.source.replaceAll(' ', '\\s+'), pattern.flags),
  instead,
}));

/**
 * Where the phrases above occur: in strings, comments and JSX text of TypeScript, and in the prose of Markdown.
 * @param {readonly Source[]} sources
 * @param {readonly { path: string, text: string }[]} documents
 * @returns {Violation[]}
 */
export function unidiomaticPhrases(sources, documents) {
  return [...sources.flatMap((source) => textsOf(source)), ...documents.flatMap(proseOf)].flatMap(({ path, line, text }) =>
    compiled.flatMap(({ pattern, instead }) => {
      const match = pattern.exec(text);
      if (match === null) return [];
      const excerpt = text.slice(Math.max(0, match.index - 30), match.index + match[0].length + 30).replaceAll(/\s+/g, ' ').trim();
      return [
        {
          key: `${packageOf(path)} ${excerpt}`,
          text: `${path}:${line + lineBreaks(text.slice(0, match.index))}: “${excerpt}”. Instead of “${match[0].trim()}”: ${instead}.`,
        },
      ];
    }),
  );
}

/** @typedef {{ path: string, line: number, text: string }} Text */

/** @param {Source} source @returns {Text[]} */
function textsOf(source) {
  /** @type {Text[]} */
  const texts = [];
  /** @param {number} position @param {string} text */
  const add = (position, text) => texts.push({ path: source.path, line: lineOf(source, position), text });
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      add(node.getStart(), node.text);
    } else if (ts.isJsxText(node)) add(node.getStart(), joined(node.text));
    ts.forEachChild(node, visit);
  };
  visit(source.ast);
  for (const { pos, text } of commentsOf(source)) add(pos, text);
  return texts;
}

/** Consecutive line comments are one text, as they are read. @param {Source} source */
function commentsOf({ ast, text }) {
  /** @type {Map<number, string>} */
  const found = new Map();
  /** @param {number} start @param {number} end */
  const around = (start, end) => {
    for (const range of [...(ts.getLeadingCommentRanges(text, start) ?? []), ...(ts.getTrailingCommentRanges(text, end) ?? [])])
      found.set(range.pos, text.slice(range.pos, range.end));
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    // What follows the text of a JSX element is not a comment.
    if (!ts.isJsxText(node) && !ts.isJsxElement(node) && !ts.isJsxFragment(node)) around(node.getFullStart(), node.getEnd());
    ts.forEachChild(node, visit, (nodes) => {
      around(nodes.end, nodes.end);
      nodes.forEach(visit);
    });
  };
  visit(ast);
  return [...found].map(([pos, comment]) => ({ pos, text: joined(comment.replaceAll(/^\s*(\*|\/\/)/gm, '')) }));
}

/** The prose of a Markdown file, without fenced code and inline code. @param {{ path: string, text: string }} document @returns {Text[]} */
function proseOf({ path, text }) {
  const prose = text
    .replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, '``')
    // A paragraph is one text; its line breaks are spaces.
    .replaceAll(/([^\n|])\n(?=[^\n|#\-*>])/g, '$1 \v');
  let line = 1;
  return prose.split('\n').flatMap((paragraph) => {
    const start = line;
    line += 1 + lineBreaks(paragraph);
    return paragraph.trim() === '' ? [] : [{ path, line: start, text: paragraph }];
  });
}

/** @param {string} text */
const lineBreaks = (text) => [...text].filter((char) => char === '\v').length;

/** Line breaks become spaces that still count as lines. @param {string} text */
const joined = (text) => text.replaceAll(/[ \t]*\n[ \t]*/g, ' \v');
