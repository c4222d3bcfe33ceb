/** What the worker that writes models in other formats does. */
import type { LoadProgress } from '@munit/formats';

/** `folder`: a model folder, as an archive. `safetensors`: one file that describes itself. `pytorch`: what the published code loads. `onnx`: graphs, as an archive. */
export type ExportForm = 'folder' | 'safetensors' | 'pytorch' | 'onnx';

export interface ExportRequest {
  /** Where the model comes from: an address, or its files. */
  readonly source: string | readonly File[];
  readonly form: ExportForm;
  /** Of `folder` and `safetensors`: half precision, which is half as large. */
  readonly half: boolean;
}

export interface ExportedModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Without the dot. */
  readonly extension: 'zip' | 'safetensors' | 'pt';
}

export interface ExportCalls {
  write: { args: ExportRequest; result: ExportedModel; progress: LoadProgress };
}
