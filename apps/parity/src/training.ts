/** Every `train_*.safetensors`: the published trainer's steps with its recorded noises, from its weights. */
import { hasHalfStorage, type Params, Rng, type Tensor, type Tensor2D, type Tensor4D, tidy, treeLeaves, withHalfWeights } from '@munit/core';
import { fromOfficial, toOfficial, vgg16 } from '@munit/layers';
import { compareArrays, judgeTrainingRun, halvesTolerance, type NdArray, type Tolerance, type TrainingRun, type TrainingStep, translationTolerance, vggFormulaWeights } from '@munit/testing';
import {
  adamOf,
  createNetworks,
  createObjective,
  disposeState,
  type GeneratorNetworks,
  type Images,
  learningRates,
  type PublishedNetwork,
  publishedNetworks,
  publishedTerms,
  readLosses,
  type RecordedNoise,
  resolveConfig,
  stateOf,
  termNamesOf,
  type TrainingConfig,
  type TrainingConfigInput,
  type TrainState,
  trainStep,
  type PerceptualNetwork,
} from '@munit/train';
import { activationTensor, officialActivation, officialMap } from './arrays.js';
import type { Line } from './line.js';

type Part = 'gen' | 'dis';

/**
 * Runs one file's steps on the device in use, from its own weights or from `start`, which is consumed: a line for each step's losses,
 * for the first gradients, the change and the translation, as far as the file has them.
 */
export async function checkTrainingRun(name: string, run: TrainingRun, start?: TrainState): Promise<Line[]> {
  const config = resolveConfig({ ...sizeOf(run), ...run.config, trainer: run.trainer, ema_half_life_images: 0 } as TrainingConfigInput);
  const published = publishedNetworks(config);
  const networks = createNetworks(config);
  const vgg = config.vgg_w > 0 ? perceptualNetwork(config) : undefined;
  const objective = createObjective(config, networks, vgg);
  const adam = adamOf(config);
  let state = start ?? stateOf(config, { gen: tensorsOf(published, 'gen', run.init), dis: tensorsOf(published, 'dis', run.init) }, new Rng(0));
  const losses: Record<string, number>[] = [];
  const firstGradients: Record<Part, Map<string, NdArray>> = { dis: new Map(), gen: new Map() };

  for (const [i, step] of run.steps.entries()) {
    const inputs = inputsOf(step);
    const reads: Promise<void>[] = [];
    // The step frees the gradients when the hook returns; reads that have begun are served all the same.
    const keepFirst = async (part: Part, gradients: Params): Promise<void> => {
      for (const [key, value] of await arraysOf(published, part, gradients)) firstGradients[part].set(key, value);
    };
    const onGradients = (optimizer: string, gradients: Params): void => {
      if (i === 0) reads.push(keepFirst(optimizer as Part, gradients));
    };
    const rates = learningRates(run.startIteration + i, config);
    const result = trainStep(state, [inputs.images], { objective, adam, rates, emaDecay: 0, noise: [objective.recordedNoise(inputs.noise)], hooks: { onGradients } });
    state = result.state;
    await Promise.all(reads);
    losses.push(publishedTerms(await readLosses(result.losses), termNamesOf(config)));
    for (const t of inputs.all) t.dispose();
  }

  const final = new Map([...(await arraysOf(published, 'gen', state.gen)), ...(await arraysOf(published, 'dis', state.dis))]);
  const ours = { losses, ...(run.firstGradients.gen.size === 0 ? {} : { firstGradients }), ...(run.final.size === 0 ? {} : { final }) };
  const lines = judgeTrainingRun(run, ours).map(({ name: what, error, allowed, passed }): Line => {
    return { name: `${name}/${what}`, ratio: error / allowed, passed, detail: `error ${error.toExponential(2)}, allowed ${allowed.toExponential(2)}` };
  });
  const translation = run.final.size === 0 ? [] : await checkTranslation(name, networks, tensorsOf(published, 'gen', run.final), run.translation);
  disposeState(state);
  if (vgg !== undefined) for (const t of treeLeaves<Tensor>(vgg.params as Params)) t.dispose();
  return [...gatherGradients(name, lines), ...translation];
}

/** CycleGAN's and BicycleGAN's options do not tell the size of the images, to which their networks must fit. */
function sizeOf({ trainer, steps }: TrainingRun): TrainingConfigInput {
  const [batch = 1, , height = 256, width = 256] = steps[0]?.a.shape ?? [];
  return trainer === 'CycleGAN' || trainer === 'BicycleGAN' ? { crop_image_height: height, crop_image_width: width, batch_size: batch } : {};
}

/** One line for all gradients of a network: there are hundreds. */
function gatherGradients(run: string, lines: readonly Line[]): Line[] {
  const groups = new Map<string, Line[]>();
  const rest: Line[] = [];
  for (const line of lines) {
    const network = /\/gradient (?:gen|dis)\/(\w+)\./.exec(line.name)?.[1];
    if (network === undefined) rest.push(line);
    else groups.set(network, [...(groups.get(network) ?? []), line]);
  }
  const gathered = [...groups].map(([network, all]): Line => {
    const worst = all.reduce((a, b) => (b.ratio > a.ratio ? b : a));
    return {
      name: `${run}/first gradients ${network}`,
      ratio: worst.ratio,
      passed: all.every((line) => line.passed),
      detail: `${all.length} tensors, ${worst.detail} in ${worst.name.slice(worst.name.indexOf(`${network}.`))}`,
    };
  });
  return [...gathered, ...rest];
}

/** Parameters of a part's networks from `<name>.<key>`. */
function tensorsOf(networks: readonly PublishedNetwork[], part: Part, arrays: ReadonlyMap<string, NdArray>): Params {
  const all = officialMap(arrays);
  const own = networks.filter((network) => network.part === part);
  return Object.fromEntries(own.map(({ key, name, layer }): [string, Params] => [key, fromOfficial(layer, all, { prefix: `${name}.` })]));
}

/** The same way back. */
async function arraysOf(networks: readonly PublishedNetwork[], part: Part, params: Params): Promise<Map<string, NdArray>> {
  const own = networks.filter((network) => network.part === part);
  const named = own.map(async ({ key, name, layer }) => [...(await toOfficial(layer, (params as Readonly<Record<string, Params>>)[key] as Params))].map(([path, value]) => [`${name}.${path}`, value] as const));
  return new Map((await Promise.all(named)).flat());
}

interface StepInputs {
  readonly images: Images;
  readonly noise: RecordedNoise;
  readonly all: readonly Tensor[];
}

function inputsOf({ a, b, noise }: TrainingStep): StepInputs {
  const images = { a: activationTensor(a) as Tensor4D, b: activationTensor(b) as Tensor4D };
  const drawn = { dis: noise.dis.map(noiseTensor), gen: noise.gen.map(noiseTensor) };
  return { images, noise: drawn, all: [images.a, images.b, ...drawn.dis, ...drawn.gen] };
}

/** A style [N, F, 1, 1] becomes [N, F]; a noise on codes stays an image. */
function noiseTensor(array: NdArray): Tensor {
  const [n = 1, f = 1, h = 1, w = 1] = array.shape;
  return array.shape.length === 4 && h * w === 1 ? activationTensor({ ...array, shape: [n, f] }) : activationTensor(array);
}

function perceptualNetwork(config: TrainingConfig): PerceptualNetwork {
  const arrays = new Map(vggFormulaWeights().flatMap(({ name, weight, bias }) => [[`${name}.weight`, weight] as const, [`${name}.bias`, bias] as const]));
  const network = vgg16({ features: config.vgg_layer, preprocessing: 'caffe' });
  return { network, params: fromOfficial(network, officialMap(arrays)) };
}

/** The recorded translation, by given generators, which are consumed. */
export async function checkTranslation(name: string, networks: GeneratorNetworks, gen: Params, truth: ReadonlyMap<string, NdArray>): Promise<Line[]> {
  const [x, expected, styleB] = [truth.get('x_a'), truth.get('x_ab'), truth.get('style_b') ?? truth.get('style')];
  if (x === undefined || expected === undefined) return [];
  const inputs = { x: activationTensor(x) as Tensor4D, ...(styleB === undefined ? {} : { style: noiseTensor(styleB) as Tensor2D }) };
  const check = async (what: string, params: Params, tolerance: Tolerance): Promise<Line> => {
    const output = tidy(() => networks.decode(params, 'b', networks.encodeContent(params, 'a', inputs.x), inputs.style));
    const { ratio, passed, largestError } = compareArrays(await officialActivation(output), expected, tolerance);
    output.dispose();
    return { name: `${name}/translation x_ab${what}`, ratio, passed, detail: `largest error ${largestError.toExponential(2)}` };
  };
  const lines = [await check('', gen, translationTolerance)];
  const params = new Set(treeLeaves<Tensor>(gen));
  if (hasHalfStorage()) {
    const halves = withHalfWeights(gen);
    for (const t of treeLeaves<Tensor>(halves)) params.add(t);
    lines.push(await check(' stored as halves', halves, halvesTolerance));
  }
  for (const t of [...Object.values(inputs), ...params]) t.dispose();
  return lines;
}
