import { defineComponent, h, onBeforeUnmount, onMounted, ref } from 'vue';
import { withBase } from 'vitepress';

/**
 * `<munit-translator>` with the studio's model of animals. Its code and its model are fetched when it comes near the window, so that a page costs
 * nothing more to those who do not scroll to it.
 */
export const LiveTranslator = defineComponent({
  name: 'LiveTranslator',
  setup() {
    const place = ref<HTMLElement>();
    const near = ref(false);
    let observer: IntersectionObserver | undefined;
    onMounted(() => {
      observer = new IntersectionObserver((entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        near.value = true;
        void import('@munit/element').then(({ defineMunitTranslator }) => defineMunitTranslator());
      });
      if (place.value !== undefined) observer.observe(place.value);
    });
    onBeforeUnmount(() => observer?.disconnect());
    return () =>
      h('div', { ref: place, class: 'live-translator' }, [
        near.value
          ? h('munit-translator', { src: withBase('/live/model/'), image: withBase('/live/drawing.png'), seed: '4', controls: 'file random sliders save', onLoad: showSliders })
          : h('p', 'A drawing, its translation and sliders for the style appear here.'),
      ]);
  },
});

/** They are what is to be moved here; elsewhere the element keeps them folded. */
function showSliders({ currentTarget }: Event): void {
  (currentTarget as HTMLElement).shadowRoot?.querySelector('details')?.setAttribute('open', '');
}
