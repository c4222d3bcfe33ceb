import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNetworks } from '@munit/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFor, tinyUnit } from '../../test/models.js';
import { convertModel } from './convert.js';

const work = mkdtempSync(join(tmpdir(), 'munit-triton-'));
const at = (path: string): string => join(work, path);
const model = modelFor();
afterAll(() => rmSync(work, { recursive: true }));

const below = (folder: string): string[] =>
  readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).filter((name) => statSync(at(`${folder}/${name}`)).isFile()).sort();

beforeAll(async () => {
  const source = writeNetworks(model.networks);
  await convertModel(source, { to: 'onnx', out: at('graphs') });
  await convertModel(source, { to: 'triton', out: at('triton') });
  await convertModel(source, { to: 'kserve', out: at('kserve'), domains: { a: { name: 'Edges & lines' }, b: { name: 'Shoes' } } });
  await convertModel(writeNetworks(modelFor(tinyUnit).networks), { to: 'triton', out: at('unit') });
});

describe('munit convert --to triton', () => {
  it('writes a repository: both directions, one graph each, of any batch and size', () => {
    expect(below('triton')).toEqual(['a', 'b'].flatMap((from) => [`translate_${from}_to_${from === 'a' ? 'b' : 'a'}`]).flatMap((name) => [`${name}/1/model.onnx`, `${name}/config.pbtxt`]));
    // Graphs that other tests run in onnxruntime at several sizes and batches.
    for (const name of ['translate_a_to_b', 'translate_b_to_a']) expect(readFileSync(at(`triton/${name}/1/model.onnx`)).equals(readFileSync(at(`graphs/${name}.onnx`)))).toBe(true);
  });

  it('says what a request is, and warms the model up', () => {
    expect(readFileSync(at('triton/translate_a_to_b/config.pbtxt'), 'utf8')).toBe(`name: "translate_a_to_b"
backend: "onnxruntime"
max_batch_size: 8
input [
  { name: "image" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] },
  { name: "style" data_type: TYPE_FP32 dims: [ 3 ] }
]
output [
  { name: "translated" data_type: TYPE_FP32 dims: [ 3, -1, -1 ] }
]
version_policy { latest { num_versions: 1 } }
dynamic_batching { max_queue_delay_microseconds: 5000 }
model_warmup [
  {
    name: "batch of 1"
    batch_size: 1
    inputs { key: "image" value { data_type: TYPE_FP32 dims: [ 3, 256, 256 ] random_data: true } }
    inputs { key: "style" value { data_type: TYPE_FP32 dims: [ 3 ] random_data: true } }
  },
  {
    name: "batch of 2"
    batch_size: 2
    inputs { key: "image" value { data_type: TYPE_FP32 dims: [ 3, 256, 256 ] random_data: true } }
    inputs { key: "style" value { data_type: TYPE_FP32 dims: [ 3 ] random_data: true } }
  }
]
`);
    expect(readFileSync(at('unit/translate_a_to_b/config.pbtxt'), 'utf8')).not.toContain('style');
  });

  it('writes an InferenceService for KServe beside it', () => {
    expect(below('kserve').filter((name) => !name.startsWith('models/translate_'))).toEqual(['inferenceservice.yaml']);
    const text = readFileSync(at('kserve/inferenceservice.yaml'), 'utf8');
    expect(text).toContain('  name: edges-lines-to-shoes\n');
    expect(text).toContain('      protocolVersion: v2\n');
    expect(readFileSync(at('kserve/models/translate_a_to_b/config.pbtxt'), 'utf8')).toBe(readFileSync(at('triton/translate_a_to_b/config.pbtxt'), 'utf8'));
  });

  it('refuses half precision, and a place that is taken', async () => {
    await expect(convertModel(writeNetworks(model.networks), { to: 'triton', out: at('half'), dtype: 'float16' })).rejects.toThrow('A model for triton is written in float32 only.');
    await expect(convertModel(writeNetworks(model.networks), { to: 'triton', out: at('triton') })).rejects.toThrow('exists.');
  });

  /** A Python that has Triton's protobuf: `MUNIT_PYTHON` names one. */
  const python = process.env['MUNIT_PYTHON'] ?? 'python3';
  const hasProtobuf = spawnSync(python, ['-c', 'from tritonclient.grpc import model_config_pb2'], { stdio: 'ignore' }).status === 0;

  it.skipIf(!hasProtobuf && process.env['MUNIT_REQUIRE_TRITONCLIENT'] !== '1')(`is read by Triton's own protobuf${hasProtobuf ? '' : ' (skipped: Python has no tritonclient[grpc]; MUNIT_PYTHON names another Python)'}`, () => {
    const script = fileURLToPath(new URL('../../test/tritonConfig.py', import.meta.url));
    const { stdout, stderr } = spawnSync(python, [script, at('triton/translate_a_to_b/config.pbtxt'), at('unit/translate_b_to_a/config.pbtxt')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const [munit, unit] = JSON.parse(stdout) as [Record<string, unknown>, Record<string, unknown>];
    expect(munit).toMatchObject({
      name: 'translate_a_to_b',
      backend: 'onnxruntime',
      maxBatchSize: 8,
      input: [{ name: 'image', dataType: 'TYPE_FP32', dims: ['3', '-1', '-1'] }, { name: 'style', dataType: 'TYPE_FP32', dims: ['3'] }],
      output: [{ name: 'translated', dataType: 'TYPE_FP32', dims: ['3', '-1', '-1'] }],
      modelWarmup: [{ batchSize: 1 }, { batchSize: 2, inputs: { style: { dims: ['3'], randomData: true } } }],
    });
    expect(unit).toMatchObject({ name: 'translate_b_to_a', input: [{ name: 'image' }] });
  });
});
