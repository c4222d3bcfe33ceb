/** Models for servers that run elsewhere: Triton's model repository, and KServe's description of a service. */
import { type Domain, domains, otherDomain } from '@munit/core';
import { type Model, styleDimOf } from '@munit/formats';
import { exportOnnxFiles } from '@munit/formats/onnx';
import { trainedSizeOf, aboutOf } from '../about.js';

/** The most images of one batch that Triton puts together. */
const MAX_BATCH = 8;
/** Of warm-up requests, for a model that does not say on what it was trained. */
const USUAL_SIDE = 256;

const directions: Readonly<Record<Domain, string>> = { a: 'translate_a_to_b', b: 'translate_b_to_a' };

interface TensorShape {
  readonly name: string;
  readonly dims: readonly number[];
}

const tensor = ({ name, dims }: TensorShape): string => `  { name: "${name}" data_type: TYPE_FP32 dims: [ ${dims.join(', ')} ] }`;

/** Images of varying size get a size for warming up. */
const warmUpInput = (side: number, { name, dims }: TensorShape): string =>
  `    inputs { key: "${name}" value { data_type: TYPE_FP32 dims: [ ${dims.map((size) => (size < 0 ? side : size)).join(', ')} ] random_data: true } }`;

function warmUp(side: number, batch: number, inputs: readonly TensorShape[]): string {
  return `  {\n    name: "batch of ${batch}"\n    batch_size: ${batch}\n${inputs.map((input) => warmUpInput(side, input)).join('\n')}\n  }`;
}

/** `config.pbtxt` of a direction: batches of any size up to 8, images of any size, the style as an input. */
function configOf(model: Model, domain: Domain): string {
  const { architecture } = model;
  const styleDim = styleDimOf(architecture);
  const image = (name: string, of: Domain): TensorShape => ({ name, dims: [architecture.inputDim[of], -1, -1] });
  const inputs = [image('image', domain), ...(styleDim > 0 ? [{ name: 'style', dims: [styleDim] }] : [])];
  const side = trainedSizeOf(aboutOf(model)) ?? USUAL_SIDE;
  return `name: "${directions[domain]}"
backend: "onnxruntime"
max_batch_size: ${MAX_BATCH}
input [
${inputs.map(tensor).join(',\n')}
]
output [
${tensor(image('translated', otherDomain(domain)))}
]
version_policy { latest { num_versions: 1 } }
dynamic_batching { max_queue_delay_microseconds: 5000 }
model_warmup [
${[1, 2].map((batch) => warmUp(side, batch, inputs)).join(',\n')}
]
`;
}

/** A name that Kubernetes takes: lower-case letters, digits and hyphens. */
function serviceName(model: Model): string {
  const text = `${model.domains.a.name}-to-${model.domains.b.name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return /^[a-z]/.test(text) ? text.slice(0, 50).replace(/-+$/, '') : 'munit';
}

const serviceOf = (model: Model): string => `# kubectl apply -f inferenceservice.yaml, once the folder "models" lies where storageUri says.
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${serviceName(model)}
spec:
  predictor:
    model:
      modelFormat:
        name: triton
      runtime: kserve-tritonserver
      protocolVersion: v2
      # A claim of a volume that holds this folder; or s3://, gs:// …
      storageUri: pvc://munit-models/models
`;

/**
 * A model repository of Triton: for each direction that the model translates in a folder with `config.pbtxt` and version 1, one ONNX graph
 * of any batch and size: `image` [N, C, H, W] in [−1, 1] and, where there are styles, `style` [N, D] in; `translated` out, as large as
 * the input rounded down to a multiple of 2^nDownsample.
 * @returns files by their paths in the repository
 */
export function tritonRepository(model: Model): Map<string, Uint8Array> {
  const graphs = exportOnnxFiles(model);
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return new Map(
    domains.flatMap((domain): [string, Uint8Array][] => {
      const name = directions[domain];
      const graph = graphs.get(`${name}.onnx`);
      return graph === undefined ? [] : [[`${name}/config.pbtxt`, encode(configOf(model, domain))], [`${name}/1/model.onnx`, graph]];
    }),
  );
}

/** The same repository in `models`, and an `InferenceService` of KServe that serves it by the Open Inference Protocol v2. */
export function kserveFiles(model: Model): Map<string, Uint8Array> {
  return new Map([...[...tritonRepository(model)].map(([path, bytes]) => [`models/${path}`, bytes] as const), ['inferenceservice.yaml', new TextEncoder().encode(serviceOf(model))]]);
}
