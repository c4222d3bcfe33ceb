/** The site: these Markdown files as pages, with search. `npm run site` builds it; MUNIT_SITE_BASE is where it will be served (default /). */
import { defineConfig, type MarkdownRenderer } from 'vitepress';
import { apiEntries } from '../scripts/entries.mjs';
import { publishedPackages } from '../scripts/packages.mjs';

const outside = /^\.\.\//;

export default defineConfig({
  title: 'munit',
  description: 'Multimodal unpaired image-to-image translation in TypeScript',
  base: process.env['MUNIT_SITE_BASE'] ?? '/',
  outDir: './.vitepress/dist',
  cleanUrls: false,
  lastUpdated: false,
  // What all pages share is one file, not a script in each: smaller pages, which a strict Content-Security-Policy lets run.
  metaChunk: true,
  srcExclude: ['scripts/**', 'public/**'],
  // A worker loads a device's code when it is needed, and only modules can.
  vite: { worker: { format: 'es' }, build: { target: 'es2022' } },
  themeConfig: {
    // How results are ranked is the theme's: a function here would travel in each page as text, and become code there by `eval`.
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      { text: 'Guide', link: '/guide/get-started' },
      { text: 'Devices', link: '/devices' },
      { text: 'Inside', link: '/inside/how-it-works' },
      { text: 'Packages', link: '/packages/' },
      { text: 'API', link: '/api/' },
      { text: 'Glossary', link: '/glossary' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Get started', link: '/guide/get-started' },
          { text: 'Train on your own pictures', link: '/guide/train' },
          { text: 'Read the curves', link: '/guide/curves' },
          { text: 'Measure and compare', link: '/guide/measure' },
          { text: 'Films', link: '/guide/film' },
          { text: 'When something goes wrong', link: '/guide/troubleshooting' },
          { text: 'Published checkpoints', link: '/guide/published' },
          { text: 'Bundlers and runtimes', link: '/guide/bundlers' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Which device?', link: '/devices' },
          { text: 'Measure this device', link: '/bench' },
          { text: 'When one machine is not enough', link: '/more-machines' },
          { text: 'How it works inside', link: '/inside/how-it-works' },
          { text: 'Glossary', link: '/glossary' },
        ],
      },
      {
        text: 'Packages',
        link: '/packages/',
        collapsed: true,
        items: publishedPackages().map(({ folder, name }) => ({ text: name, link: `/packages/${folder}` })),
      },
      {
        text: 'API',
        link: '/api/',
        collapsed: true,
        items: apiEntries().map(({ name, page }) => ({ text: name, link: `/api/${page}` })),
      },
    ],
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => {
      makeTablesAccessible(md);
      // A block that is indented, as in some doc comments, scrolls within the page as a fenced one does.
      md.renderer.rules.code_block = (tokens, i, options, env, self) => {
        tokens[i]!.info = 'text';
        return md.renderer.rules.fence!(tokens, i, options, env, self);
      };
      // A page at the top of docs may name files of the repository, which the site does not hold: there they are plain words.
      const open = md.renderer.rules.link_open ?? ((tokens, i, options, _env, self) => self.renderToken(tokens, i, options));
      md.renderer.rules.link_open = (tokens, i, options, env, self) => {
        const href = tokens[i]?.attrGet('href') ?? '';
        const atTop = !String((env as { readonly relativePath?: string }).relativePath ?? '').includes('/');
        if (!atTop || !outside.test(href)) return open(tokens, i, options, env, self);
        tokens[i]!.tag = 'span';
        tokens[i]!.attrs = [];
        const close = tokens.slice(i).find(({ type }) => type === 'link_close');
        if (close !== undefined) close.tag = 'span';
        return self.renderToken(tokens, i, options);
      };
    },
  },
});

/** A table that is wider than a phone scrolls, which has to be possible by keys; a header without words is a plain cell. */
function makeTablesAccessible(md: MarkdownRenderer): void {
  md.core.ruler.push('accessible-tables', ({ tokens }) => {
    tokens.forEach((token, i) => {
      if (token.type === 'table_open') token.attrSet('tabindex', '0');
      if (token.type !== 'th_open' || tokens[i + 1]?.content !== '') return;
      for (const part of [token, tokens[i + 2]]) if (part !== undefined) part.tag = 'td';
    });
  });
}
