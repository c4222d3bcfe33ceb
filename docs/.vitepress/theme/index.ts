/// <reference types="vite/client" />
/** VitePress's own looks, and what of this site is alive: `<live-translator />` and `<device-bench />` in Markdown. */
import DefaultTheme from 'vitepress/theme';
import type { DefaultTheme as Settings, SiteData, Theme } from 'vitepress';
import { h, onMounted, watch } from 'vue';
import { useRoute } from 'vitepress';
import { boostDocument } from '../../scripts/boost.mjs';
import { DeviceBench } from './bench/deviceBench.js';
import { LiveTranslator } from './liveTranslator.js';
import './site.css';

/** The first page's content has no landmark in VitePress's own layout, and so nowhere for a screen reader to jump to. */
const Layout = {
  setup: () => {
    const route = useRoute();
    const mark = (): void => {
      const content = document.querySelector('#VPContent');
      if (content?.querySelector('main') === null) content.setAttribute('role', 'main');
      else content?.removeAttribute('role');
    };
    onMounted(() => watch(() => route.path, mark, { immediate: true, flush: 'post' }));
    return () => h(DefaultTheme.Layout);
  },
};

/** The site's data with the ranking of its search. */
function ranked(site: SiteData): SiteData {
  const search: Settings.Config['search'] = { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } };
  return { ...site, themeConfig: { ...(site.themeConfig as Settings.Config), search } };
}

const theme: Theme = {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app, siteData }) {
    siteData.value = ranked(siteData.value);
    app.component('DeviceBench', DeviceBench).component('LiveTranslator', LiveTranslator);
  },
};

// VitePress takes the default export of this file.
export { theme as default };
