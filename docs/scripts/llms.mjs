import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiEntries, docs } from './entries.mjs';

/** The sections of the site, and which of its folders each is. */
const sections = [
  ['Guide', (/** @type {string} */ page) => page.startsWith('guide/')],
  ['Reference', (/** @type {string} */ page) => !page.startsWith('guide/') && !page.startsWith('api/')],
];

/** The pages that people have written. @returns {string[]} Paths below docs. */
export const writtenPages = () =>
  readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !/^(node_modules|api|packages|public|\.vitepress|scripts)\//.test(path) && path !== 'index.md')
    .sort();

/**
 * What language models read (llmstxt.org): `llms.txt`, a list of the pages; `llms-full.txt`, the pages and the READMEs of the packages in one file; and the
 * pages themselves as Markdown, at their addresses.
 * @param {string} dist The built site.
 */
export function writeLlmsFiles(dist) {
  const pages = writtenPages().map((path) => ({ path, text: withoutFrontMatter(readFileSync(join(docs, path), 'utf8')) }));
  const api = apiEntries();
  for (const path of [...pages.map(({ path }) => path), ...api.map(({ page }) => `api/${page}.md`)]) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    cpSync(join(docs, path), join(dist, path));
  }
  const lists = sections.map(([title, holds]) => `## ${String(title)}\n\n${pages.filter(({ path }) => /** @type {(page: string) => boolean} */ (holds)(path)).map(line).join('\n')}\n`);
  const apiList = `## API\n\n${api.map(({ name, page, description }) => `- [${name}](api/${page}.md)${description === '' ? '' : `: ${description}`}`).join('\n')}\n`;
  writeFileSync(join(dist, 'llms.txt'), `${head}\n${lists.join('\n')}\n${apiList}`);

  const readmes = [...new Set(api.map(({ module }) => module.split('/')[0] ?? ''))].map((folder) => readFileSync(join(docs, '..', 'packages', folder, 'README.md'), 'utf8'));
  writeFileSync(join(dist, 'llms-full.txt'), [head, ...pages.map(({ text }) => text), ...readmes].map((text) => text.trim()).join('\n\n---\n\n') + '\n');
}

const head = `# munit

> Multimodal unpaired image-to-image translation (MUNIT, Huang et al., ECCV 2018) in TypeScript: train on two folders of unpaired images, then turn any image of one
> kind into many of the other, in Node and in the browser. Also UNIT, CycleGAN and BicycleGAN.

Install \`@munit/cli\` for the \`munit\` command, \`@munit/infer\` to use models in programs and pages, \`@munit/train\` to train. TensorFlow.js
(\`@tensorflow/tfjs-core\`) is a peer. Node 20.19 or later.
`;

/** @param {{ path: string, text: string }} page */
function line({ path, text }) {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
  const first = text.split(/\n\s*\n/).find((paragraph) => /^[A-Za-z"“]/.test(paragraph)) ?? '';
  const sentence = /^[^]*?[.:](?=\s|$)/.exec(first)?.[0].replaceAll(/\s+/g, ' ').replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1') ?? '';
  return `- [${title}](${path})${sentence === '' ? '' : `: ${sentence}`}`;
}

/** @param {string} markdown */
const withoutFrontMatter = (markdown) => markdown.replace(/^---\n[^]*?\n---\n/, '');
