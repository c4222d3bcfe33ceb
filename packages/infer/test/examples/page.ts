import { type Translator, loadTranslator } from '@munit/infer';

/** Translates what a canvas shows into another canvas. */
export async function shoesIn(canvas: HTMLCanvasElement, output: HTMLCanvasElement, address: string): Promise<Translator> {
  const translator = await loadTranslator(address, {
    onProgress(progress) {
      if (progress.kind === 'download') console.debug(`${progress.file}: ${progress.loaded} of ${progress.total ?? '?'} bytes`);
    },
  });
  const picture = await translator.translate(canvas, { seed: 1 });
  picture.toCanvas(output);
  return translator;
}
