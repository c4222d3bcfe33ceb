/** One domain's auto-encoder on a device: by its description, whatever network it is. */
import { DeviceError, type Domain, hasHalfStorage, type Params, type PerDomain, perDomain, type Tensor, type Tensor2D, type Tensor4D, type TensorStorage, scale, tidy, treeLeaves, withHalfWeights } from '@munit/core';
import { type GeneratorLayer, generatorLayer, type GeneratorsArchitecture, type Weights } from '@munit/formats';
import { fromOfficial, type MovingStatistics, type Part, paramsAt, type Runner, runnerOf, type Step, stepsOf } from '@munit/layers';

/** Parameters of one generator, as `@munit/layers` and a training run have them. */
export type GeneratorParams = Params;

/** Weights as a file has them, or parameters on a device, which stay the caller's. */
export type GeneratorNetworks = { readonly networks: PerDomain<Weights> } | { readonly parameters: PerDomain<GeneratorParams> };

/** A chain of ops with its parameters, for going through it step by step. */
export interface NetworkPart {
  readonly steps: readonly Step[];
  readonly params: Params;
}

/** What a network is made of. */
export interface NetworkParts {
  readonly encoder: NetworkPart;
  readonly decoder: NetworkPart;
  /** Undefined for models that cannot encode styles. */
  readonly style: NetworkPart | undefined;
  /** A style code [1, styleDim] as AdaIN's parameters [1, adaInCount]; undefined for models without styles, and where the decoder takes the code itself. */
  readonly adaIn: ((style: Tensor2D) => Tensor2D) | undefined;
}

/** Sizes that a network takes, and its functions. Images are [1, H, W, C] in [−1, 1]. */
export interface Network {
  readonly channels: number;
  readonly sizeMultiple: number;
  /** The smallest height and width of the content encoder. */
  readonly contentMinimum: number;
  /** The smallest height and width of the style encoder. */
  readonly styleMinimum: number;
  /** `moving`: of a frame of a film, the averages of the norms' statistics. */
  encodeContent(image: Tensor4D, moving?: MovingStatistics): Tensor4D;
  /** Undefined for models that cannot encode styles. */
  readonly encodeStyle: ((image: Tensor4D) => Tensor2D) | undefined;
  /** Models without styles take none. `moving`: as for the content. */
  decode(content: Tensor4D, style: Tensor2D | undefined, moving?: MovingStatistics): Tensor4D;
  readonly parts: NetworkParts;
  /** Gives back what `upload` took. */
  dispose(): void;
}

interface RunnablePart extends NetworkPart {
  readonly runner: Runner;
}

function networkOf(layer: GeneratorLayer, params: GeneratorParams, dispose: () => void): Network {
  const { roles } = layer.describe();
  const runnable = ({ key, node }: Part): RunnablePart => ({ steps: stepsOf(node), params: paramsAt<Params>(params, key), runner: runnerOf(key, node) });
  const [encoder, decoder] = [runnable(roles.contentEncoder), runnable(roles.decoder)];
  const style = roles.styleEncoder === undefined ? undefined : runnable(roles.styleEncoder);
  const mlp = roles.styleMlp === undefined ? undefined : runnable(roles.styleMlp);
  const adaIn = mlp === undefined ? undefined : (code: Tensor2D): Tensor2D => mlp.runner.run(mlp.params, code) as Tensor2D;
  return {
    channels: layer.architecture.inputDim,
    sizeMultiple: layer.sizeMultiple,
    contentMinimum: contentMinimumOf(layer),
    styleMinimum: layer.minimumSize,
    dispose,
    parts: { encoder, decoder, style, adaIn },
    // Of a generator in one piece, the image itself; a copy, for whoever frees the one need not keep the other.
    encodeContent: (x, moving) => (encoder.steps.length === 0 ? tidy(() => scale(x, 1)) : (encoder.runner.run(encoder.params, x, { moving }) as Tensor4D)),
    encodeStyle: style === undefined ? undefined : (x) => style.runner.run(style.params, x) as Tensor2D,
    // The translator checks that a style is there.
    decode: (content, code, moving) => decoder.runner.run(decoder.params, content, code === undefined || adaIn === undefined ? { code, moving } : { style: adaIn(code), moving }) as Tensor4D,
  };
}

/** The smallest height and width of an image that a generator translates: instance norm needs 2×2 at the deepest level. */
export const contentMinimumOf = ({ contentMinimum, sizeMultiple }: GeneratorLayer): number => contentMinimum ?? Math.max(4, 2 * sizeMultiple);

/** Disposes of the leaves, but for those that are leaves of `kept` too. */
function disposeParams(params: GeneratorParams, kept?: GeneratorParams): void {
  const others = new Set(kept === undefined ? [] : treeLeaves<Tensor>(kept));
  for (const leaf of treeLeaves<Tensor>(params)) if (!others.has(leaf)) leaf.dispose();
}

/** Takes the parameters, and gives them as they are to be stored. */
function placed(params: GeneratorParams, storage: TensorStorage): GeneratorParams {
  if (storage === 'float32') return params;
  const halves = withHalfWeights(params);
  disposeParams(params, halves);
  return halves;
}

/**
 * Both generators on the device in use.
 * @throws CheckpointMismatchError when the weights do not fit the architecture; DeviceError where halves cannot be stored
 */
export function upload(architecture: GeneratorsArchitecture, model: GeneratorNetworks, storage: TensorStorage = 'float32'): PerDomain<Network> {
  if (storage === 'float16' && !hasHalfStorage()) {
    throw new DeviceError("Half precision ('storage: float16') is stored on WebGPU only, and another device is in use.", { remedy: "Use device: 'webgpu', or leave storage out." });
  }
  const layers = perDomain((domain) => generatorLayer(architecture, domain));
  if ('parameters' in model) {
    return perDomain((domain) => {
      const { [domain]: params } = model.parameters;
      if (storage === 'float32') return networkOf(layers[domain], params, () => undefined);
      const halves = withHalfWeights(params);
      return networkOf(layers[domain], halves, () => disposeParams(halves, params));
    });
  }
  const place = (domain: Domain): Network => {
    const params = placed(fromOfficial(layers[domain], model.networks[domain]), storage);
    return networkOf(layers[domain], params, () => disposeParams(params));
  };
  const a = place('a');
  try {
    return { a, b: place('b') };
  } catch (error) {
    a.dispose();
    throw error;
  }
}
