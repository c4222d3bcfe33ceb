import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { apiEntries, docs } from './entries.mjs';

const root = join(docs, '..');

/** The published packages: folder, name, description. @returns {{ folder: string, name: string, description: string }[]} */
export const publishedPackages = () => apiEntries().filter(({ description }) => description !== '').map(({ name, module, description }) => ({ folder: module.split('/')[0] ?? '', name, description }));

/** Writes a page for each package into docs/packages, which is its README, and one for each page of its folder docs. */
export function writePackagePages() {
  const out = join(docs, 'packages');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const packages = publishedPackages();
  for (const { folder, name } of packages) {
    const own = `packages/${folder}`;
    const entries = apiEntries().filter((entry) => entry.name === name || entry.name.startsWith(`${name}/`));
    const links = entries.map((entry) => `[\`${entry.name}\`](../api/${entry.page}.md)`).join(', ');
    const readme = withSiteLinks(readFileSync(join(root, own, 'README.md'), 'utf8'), own);
    writeFileSync(join(out, `${folder}.md`), `---\noutline: [2, 2]\n---\n\n${withoutTemplates(readme)}\n\n## All exports\n\n${links}\n`);
    for (const file of existsSync(join(root, own, 'docs')) ? readdirSync(join(root, own, 'docs')).filter((path) => path.endsWith('.md')) : [])
      writeFileSync(join(out, `${folder}-${file}`), withoutTemplates(withSiteLinks(readFileSync(join(root, own, 'docs', file), 'utf8'), `${own}/docs`)));
  }
  const rows = packages.map(({ folder, name, description }) => `| [\`${name}\`](./${folder}.md) | ${description.replaceAll('<', '&lt;')} |`);
  writeFileSync(join(out, 'index.md'), `# Packages\n\nEach can be used by itself.\n\n| package | what it is for |\n| --- | --- |\n${rows.join('\n')}\n`);
}

/**
 * A page of the repository with the addresses that it has on the site: what the site does not hold becomes plain words.
 * @param {string} markdown @param {string} folder Where the page lies in the repository.
 */
export const withSiteLinks = (markdown, folder) =>
  markdown
    .replaceAll(/(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, /** @type {string} */ text, /** @type {string} */ target) => {
      const address = siteAddress(target, folder);
      return address === undefined ? text : `[${text}](${address})`;
    })
    .replaceAll(/\ssrc="(?![a-z]+:)([^"]+)"/g, (whole, /** @type {string} */ target) => {
      const address = siteAddress(target, folder);
      return address === undefined ? whole : ` src="${address}"`;
    });

/** @param {string} target @param {string} folder @returns {string | undefined} */
function siteAddress(target, folder) {
  const [path = '', place] = target.split('#');
  const hash = place === undefined ? '' : `#${place}`;
  const found = posix.join(folder, path).replace(/\/$/, '');
  const own = /^packages\/([^/]+)(?:\/README\.md)?$/.exec(found)?.[1];
  if (own !== undefined) return `./${own}.md${hash}`;
  const [, of, page] = /^packages\/([^/]+)\/docs\/([^/]+\.md)$/.exec(found) ?? [];
  if (of !== undefined && page !== undefined) return `./${of}-${basename(page)}${hash}`;
  return found.startsWith('docs/') ? `../${found.slice('docs/'.length)}${hash}` : undefined;
}

/** Braces in prose are text, and not a template of Vue. @param {string} markdown */
export const withoutTemplates = (markdown) =>
  markdown
    .split(/(^```[^]*?^```|`[^`\n]*`)/m)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll('{{', '&lbrace;&lbrace;')))
    .join('');
