/** What a model keeps: images through their own domain, contents and styles through a translation and back. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { otherDomain } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { meanFigure } from '@munit/metrics';
import { toNetworkRange, type PixelImage } from '@munit/images';
import { encodePng } from '@munit/images/png';
import { cellOf, type ImageList, readPicture } from '../images.js';
import { keptValues } from '../parts.js';
import type { ModelSubject } from '../subject.js';
import { numberOf } from '../translations.js';
import type { Exhibit, Section } from '../types.js';
import { type EvaluationDirection, extremes, partName, type ProtocolWork } from './context.js';

const shown = 8;

/** Mean |x − y|. */
function meanAbsolute(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.abs((x[i] as number) - (y[i] as number));
  return sum / x.length;
}

interface Kept {
  readonly image: number;
  readonly content: number;
  /** Undefined for UNIT. */
  readonly style: number | undefined;
}

export const reconstruction: ProtocolWork = { measure: reconstructions, section };

const pathOf = ({ folder, to = 'b' }: EvaluationDirection, input: number): string => join(folder, 'reconstructions', `to-${to}`, `${numberOf(input)}.png`);

/** Of each input, and what was made of it as a file. */
async function reconstructions(direction: EvaluationDirection): Promise<readonly Kept[]> {
  const { translations, request } = direction;
  const inputs = translations.inputs as ImageList;
  await mkdir(dirname(pathOf(direction, 0)), { recursive: true });
  return keptValues(direction, partName('reconstruction', direction), translations.places, 'Reconstructed', async (input) =>
    measure(direction, direction.model as ModelSubject, await inputs.load(input), { seed: (request.seed + input) % 2 ** 32, path: pathOf(direction, input) }),
  );
}

async function section(direction: EvaluationDirection): Promise<Section> {
  const { translations, request } = direction;
  const inputs = translations.inputs as ImageList;
  const kept = await reconstructions(direction);
  const options = { seed: request.seed };
  const styles = kept.flatMap(({ style }) => (style === undefined ? [] : [style]));
  const figures = [
    meanFigure({ name: 'image-reconstruction', meaning: 'mean |x − x̂| of images in [−1, 1] through their own domain', better: 'lower' }, kept.map(({ image }) => image), options),
    meanFigure({ name: 'content-reconstruction', meaning: 'mean |c − ĉ| of contents through a translation, as a share of mean |c|', better: 'lower' }, kept.map(({ content }) => content), options),
    // E |N(0, 1)| and E |N(0, 2)|, for an encoder that always gives 0, and for one that gives another style.
    ...(styles.length === 0 ? [] : [meanFigure({ name: 'style-reconstruction', meaning: 'mean |s − ŝ| of random styles through a translation', better: 'lower', beside: { 'always 0': Math.sqrt(2 / Math.PI), 'another style': 2 / Math.sqrt(Math.PI) } }, styles, options)]),
  ];
  return { protocol: 'reconstruction', to: direction.to, notes: [], figures, exhibits: await exhibitsOf(direction, inputs, kept) };
}

async function measure({ to = 'b', signal }: EvaluationDirection, { translator }: ModelSubject, image: PixelImage, { seed, path }: { readonly seed: number; readonly path: string }): Promise<Kept> {
  const from = otherDomain(to);
  const rebuilt = await translator.reconstruct(image, { domain: from, signal });
  const { width, height, channels, data } = rebuilt;
  await writeFileAtomically(path, encodePng({ width, height, channels: channels === 1 ? 1 : 3, data }));
  const content = await translator.encode(image, { from, signal });
  try {
    const [style] = translator.styleDim === 0 ? [undefined] : translator.sampleStyles(1, seed);
    const picture = await translator.decode(content, style === undefined ? { to, signal } : { to, style, signal });
    const again = await translator.encode(picture, { from: to, signal });
    try {
      const [before, after] = [await translator.readContent(content), await translator.readContent(again)];
      return {
        image: meanAbsolute(toNetworkRange(image), rebuilt.values),
        content: meanAbsolute(before, after) / meanAbsolute(before, new Float32Array(before.length)),
        style: style === undefined ? undefined : meanAbsolute(style, await translator.styleOf(picture, { domain: to, signal })),
      };
    } finally {
      again.dispose();
    }
  } finally {
    content.dispose();
  }
}

async function exhibitsOf(direction: EvaluationDirection, inputs: ImageList, kept: readonly Kept[]): Promise<Exhibit[]> {
  const { least, most } = extremes(kept.map(({ image }) => image), Math.min(shown, kept.length));
  const rows = async (places: readonly number[]) => {
    const [upper, lower] = [[], []] as [ReturnType<typeof cellOf>[], ReturnType<typeof cellOf>[]];
    for (const place of places) {
      const image = await inputs.load(place);
      upper.push(cellOf(image, inputs.names[place]));
      lower.push(cellOf(await readPicture(pathOf(direction, place)), (kept[place] as Kept).image.toFixed(3)));
    }
    return [{ label: 'input', cells: upper }, { label: 'rebuilt', cells: lower }];
  };
  return [
    { kind: 'images', title: 'Failures', caption: 'The inputs that are rebuilt worst.', rows: await rows(most) },
    { kind: 'images', title: 'Rebuilt best', caption: 'The inputs that are rebuilt best.', rows: await rows(least) },
    { kind: 'curves', title: 'Reconstruction errors', caption: 'Share of inputs whose error is at most this.', unit: 'mean |x − x̂|', series: [{ name: 'images', values: kept.map(({ image }) => image) }] },
  ];
}
