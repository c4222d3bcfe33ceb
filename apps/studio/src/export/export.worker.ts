/** Reads a model and writes it in another format, in a worker: some take seconds. */
import { type ChannelEnd, serveChannel } from '@munit/core/channel';
import { loadModel, ModelSourceError, type Model, packModel, publishedNetworkFiles, TorchFileError, writeNetworks } from '@munit/formats';
import { exportOnnxFiles } from '@munit/formats/onnx';
import { zipSync } from 'fflate';
import type { ExportCalls, ExportedModel, ExportRequest } from './protocol.js';

/** Weights hardly shrink: they are stored as they are. */
const archived = (files: ReadonlyMap<string, Uint8Array>): ExportedModel => ({ bytes: zipSync(Object.fromEntries(files), { level: 0 }), extension: 'zip' });
const plain = (bytes: Uint8Array, extension: ExportedModel['extension']): ExportedModel => ({ bytes: bytes as Uint8Array<ArrayBuffer>, extension });

async function written(model: Model, { form, half }: ExportRequest): Promise<ExportedModel> {
  if (form === 'onnx') return archived(exportOnnxFiles(model));
  if (form === 'pytorch') {
    const files = publishedNetworkFiles(model);
    return files === undefined ? plain(writeNetworks(model.networks), 'pt') : archived(files);
  }
  const files = await packModel(model, { dtype: half ? 'float16' : 'float32' });
  return form === 'folder' ? archived(files) : plain(files.get('model.safetensors')!, 'safetensors');
}

serveChannel<ExportCalls>(
  globalThis as unknown as ChannelEnd,
  {
    async write(request, { signal, progress, transfer }) {
      const { source } = request;
      const given = typeof source === 'string' || source.length > 1 ? source : source[0]!;
      const model = await loadModel(given, { signal, onProgress: progress });
      const made = await written(model, request);
      transfer(made.bytes.buffer);
      return made;
    },
  },
  { errors: { ModelSourceError, TorchFileError } },
);
