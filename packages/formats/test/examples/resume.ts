import { readFile } from 'node:fs/promises';
import { openDevice } from '@munit/core';
import { generatorLayer, generatorLayout, nameMoments, readCheckpoint } from '@munit/formats';
import { fromOfficialArrays, fromOfficial } from '@munit/layers';

const gen = readCheckpoint(await readFile('gen_00000005.pt'), { activation: 'relu', padMode: 'reflect' });
const optimizer = readCheckpoint(await readFile('optimizer.pt'));
if (gen.kind !== 'generator' || optimizer.kind !== 'optimizer') throw new Error('Not the files of a run.');

// The networks, on a device. Activation and padding are not visible in weights: they are the run's, from its YAML file.
const device = await openDevice('cpu');
const layer = generatorLayer(gen.architecture, 'a');
const params = fromOfficial(layer, gen.networks.a);

// Adam's moments by the names of their parameters, then in our layout, by our paths.
const { architecture } = gen;
const layouts = { a: generatorLayout(architecture, 'a'), b: generatorLayout(architecture, 'b') };
const { moments, lr, betas } = nameMoments(optimizer.optimizers.gen, layouts);
const averages = new Map([...moments.a].map(([name, { expAvg }]) => [name, expAvg]));
const ours = fromOfficialArrays(layer, averages);

console.debug(Object.keys(params), ours.size, lr, betas);
device.dispose();
