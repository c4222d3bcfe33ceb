// node docs/scripts/build.mjs: the site in docs/.vitepress/dist: API pages, VitePress, files for language models; then links and search are examined.
// --examine: also looks at every page in Chromium, which takes minutes; --examine PAGE …: at these.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vitepress';
import { parseArgs } from 'node:util';
import { writeApiPages } from './api.mjs';
import { apiEntries, docs } from './entries.mjs';
import { examine } from './examine.mjs';
import { deadLinks } from './links.mjs';
import { writeLlmsFiles } from './llms.mjs';
import { writePackagePages } from './packages.mjs';
import { openSearch } from './search.mjs';

const dist = join(docs, '.vitepress', 'dist');
const base = process.env.MUNIT_SITE_BASE ?? '/';
const { values, positionals } = parseArgs({ options: { examine: { type: 'boolean' } }, allowPositionals: true });

await writeApiPages();
writePackagePages();
// What the first page translates, and with what: the studio's.
const studio = join(docs, '..', 'apps', 'studio', 'public');
cpSync(join(studio, 'models', 'animals'), join(docs, 'public', 'live', 'model'), { recursive: true });
cpSync(join(studio, 'samples', 'animal-a1.png'), join(docs, 'public', 'live', 'drawing.png'));
cpSync(join(docs, 'animals.webp'), join(docs, 'public', 'live', 'animals.webp'));
await build(docs);
writeLlmsFiles(dist);

const search = openSearch(dist);
/** What people look for, and a page that has to be among the first five found. */
const wanted = { AdaIN: /glossary|how-it-works|packages\/(core|layers)/, resume: /guide\/(train|troubleshooting|get-started)/, 'out of memory': /guide\/troubleshooting/, loadTranslator: /api\/infer/ };
const problems = [
  ...deadLinks(dist, base),
  ...Object.entries(wanted).flatMap(([words, page]) => (search(words).slice(0, 5).some((found) => page.test(found)) ? [] : [`The search for "${words}" finds ${search(words).slice(0, 5).join(', ') || 'nothing'}, and not ${page}.`])),
  ...apiEntries().flatMap(({ name, page }) => (/^#{2,3} /m.test(readFileSync(join(docs, 'api', `${page}.md`), 'utf8')) ? [] : [`The page of ${name} is empty.`])),
  ...(values.examine === true ? await examine(dist, { ...(positionals.length > 0 && { pages: positionals }), onPage: (where, found) => console.error(`${found.length === 0 ? '✓' : '✗'} ${where}`) }) : []),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`The site is in ${dist}.`);
