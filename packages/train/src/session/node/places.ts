/** Where a run and its images lie: neither may be the other, whatever links and spellings say. */
import { basename, join } from 'node:path';
import { ConfigError } from '@munit/core';
import { type DomainSpec, resolveDomain } from '@munit/data/node';
import { isInside, realPlace } from '@munit/formats/node';
import type { TrainingConfig } from '../../config/schema.js';
import { runPaths } from '../../run/paths.js';
import { datasetOf } from './dataset.js';

const folderOf = (spec: DomainSpec): string => (spec.kind === 'list' ? spec.root : spec.dir);

/** The same for two specifications that name the same images. */
async function keyOf(spec: DomainSpec): Promise<string> {
  const folder = await realPlace(folderOf(spec));
  if (spec.kind === 'list') return `${await realPlace(spec.list)} in ${folder}`;
  return spec.kind === 'pairs' ? `${spec.side} of ${folder}` : folder;
}

/**
 * Whether a new run could begin in `folder` with the images that its configuration names. Nothing is written, and no image is opened.
 * @throws ConfigError when both domains are the same images, or the run would write among its images
 * @throws DataError when the images are not there, or fewer than two
 */
export async function checkPlaces(folder: string, config: TrainingConfig): Promise<void> {
  if (config.synthetic_count !== undefined) return;
  const { train, test } = await datasetOf(config);
  if ((await keyOf(train.a)) === (await keyOf(train.b))) {
    const what = train.a.kind === 'list' ? train.a.list : folderOf(train.a);
    throw new ConfigError(`Both domains have the same images, those of ${what}.`, { remedy: 'Give each domain its own.' });
  }
  for (const spec of [train.a, train.b]) await resolveDomain(spec, { minImages: 2 });
  const run = await realPlace(folder);
  const { checkpoints, samples, tensorboard, model } = runPaths(run);
  for (const spec of [train.a, train.b, ...(test === undefined ? [] : [test.a, test.b])]) {
    if (spec.kind === 'list') continue;
    const images = await realPlace(spec.dir);
    if (images === run) {
      throw new ConfigError(`The run folder ${folder} is a folder of its images.`, { remedy: `Choose another one, such as ${join(folder, '..', `${basename(run)}-run`)}.` });
    }
    const own = [checkpoints, samples, tensorboard, model].find((path) => isInside(images, path));
    if (own !== undefined) throw new ConfigError(`The images in ${spec.dir} lie where the run writes its own (${own}).`, { remedy: 'Choose another run folder, or move the images.' });
  }
}
