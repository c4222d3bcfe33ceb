import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from 'typedoc';
import { apiEntries, docs } from './entries.mjs';
import { withoutTemplates } from './packages.mjs';

/** Writes a page for each entry into docs/api, made of the doc comments. @returns {Promise<void>} */
export async function writeApiPages() {
  const out = join(docs, 'api');
  rmSync(out, { recursive: true, force: true });
  const entries = apiEntries();
  // The plugin's options are not among typedoc's types.
  const options = /** @type {Record<string, unknown>} */ ({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: entries.map(({ source }) => source),
    basePath: join(docs, '..', 'packages'),
    tsconfig: join(docs, 'tsconfig.json'),
    name: 'API',
    readme: 'none',
    router: 'module',
    // Types are checked elsewhere.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    disableSources: true,
    disableGit: true,
    githubPages: false,
    sort: ['kind', 'alphabetical'],
    logLevel: 'Error',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    hidePageTitle: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    enumMembersFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true, hideSources: true },
    outputs: [{ name: 'markdown', path: out }],
  });
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc could not read the sources of the packages.');
  // Pages are named after modules.
  const pages = new Map(entries.map(({ module, page }) => [module, page]));
  for (const child of project.children ?? []) child.name = pages.get(child.name) ?? child.name;
  await app.generateOutputs(project);
  const texts = new Map(entries.map(({ page }) => [page, readFileSync(join(out, `${page}.md`), 'utf8')]));
  for (const { name, page, module } of entries) {
    const text = withRealPlaces(texts.get(page) ?? '', page, texts);
    writeFileSync(join(out, `${page}.md`), `---\noutline: [2, 3]\n---\n\n# ${name}\n\nWhat it is for, and how it is used: [its package](../packages/${module.split('/')[0]}.md).\n\n${withoutTemplates(text)}`);
  }
  rmSync(join(out, 'README.md'), { force: true });
  writeFileSync(join(out, 'index.md'), index(entries));
}

/**
 * Links to places as VitePress numbers them: the plugin counts some headings that it then does not write.
 * @param {string} text @param {string} own The text's page. @param {ReadonlyMap<string, string>} texts By page.
 */
export const withRealPlaces = (text, own, texts) =>
  text.replaceAll(/\]\((?:(?:\.\/)?([\w-]+)\.md)?#([\w-]+)-(\d+)\)/g, (/** @type {string} */ link, /** @type {string | undefined} */ page, /** @type {string} */ place, /** @type {string} */ number) => {
    const target = texts.get(page ?? own) ?? '';
    const headings = [...target.matchAll(/^#+ (.+)$/gm)].filter(([, heading = '']) => heading.toLowerCase().replaceAll(/[^\w]/g, '') === place);
    return headings.length > Number(number) ? link : link.replace(`-${number})`, ')');
  });

/** @param {ReturnType<typeof apiEntries>} entries */
function index(entries) {
  // Descriptions are plain text, which may name an HTML element.
  const rows = entries.map(({ name, page, description }) => `| [\`${name}\`](./${page}.md) | ${description.replaceAll('<', '&lt;')} |`);
  return `# API\n\nEvery public export of every package, from the comments in the code.\n\n| import | |\n| --- | --- |\n${rows.join('\n')}\n`;
}
