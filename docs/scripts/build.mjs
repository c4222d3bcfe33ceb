// node docs/scripts/build.mjs: the site in docs/.vitepress/dist: API pages, VitePress, files for language models; then what was built is examined.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vitepress';
import { writeApiPages } from './api.mjs';
import { apiEntries, docs } from './entries.mjs';
import { deadLinks } from './links.mjs';
import { writeLlmsFiles } from './llms.mjs';
import { openSearch } from './search.mjs';

const dist = join(docs, '.vitepress', 'dist');
const base = process.env.MUNIT_SITE_BASE ?? '/';

await writeApiPages();
await build(docs);
writeLlmsFiles(dist);

const search = openSearch(dist);
/** What people look for, and a page that has to be among the first ten found. */
const wanted = { AdaIN: /glossary|how-it-works|api\/(core|layers)/, resume: /guide\/(train|troubleshooting|get-started)/, 'out of memory': /guide\/troubleshooting/, loadTranslator: /api\/infer/ };
const problems = [
  ...deadLinks(dist, base),
  ...Object.entries(wanted).flatMap(([words, page]) => (search(words).slice(0, 10).some((found) => page.test(found)) ? [] : [`The search for "${words}" finds ${search(words).slice(0, 10).join(', ') || 'nothing'}, and not ${page}.`])),
  ...apiEntries().flatMap(({ name, page }) => (/^#{2,3} /m.test(readFileSync(join(docs, 'api', `${page}.md`), 'utf8')) ? [] : [`The page of ${name} is empty.`])),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`The site is in ${dist}.`);
