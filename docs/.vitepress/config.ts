/** The site: these Markdown files as pages, with search. `npm run site` builds it; MUNIT_SITE_BASE is where it will be served (default /). */
import { defineConfig } from 'vitepress';
import { apiEntries } from '../scripts/entries.mjs';

const outside = /^\.\.\//;

export default defineConfig({
  title: 'munit',
  description: 'Multimodal unpaired image-to-image translation in TypeScript',
  base: process.env['MUNIT_SITE_BASE'] ?? '/',
  outDir: './.vitepress/dist',
  cleanUrls: false,
  lastUpdated: false,
  srcExclude: ['scripts/**'],
  themeConfig: {
    search: { provider: 'local' },
    outline: 'deep',
    nav: [
      { text: 'Guide', link: '/guide/get-started' },
      { text: 'Devices', link: '/devices' },
      { text: 'Inside', link: '/inside/how-it-works' },
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
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Which device?', link: '/devices' },
          { text: 'When one machine is not enough', link: '/more-machines' },
          { text: 'How it works inside', link: '/inside/how-it-works' },
          { text: 'Glossary', link: '/glossary' },
        ],
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
    config: (md) => {
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
