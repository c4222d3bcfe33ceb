/** What `munit compare` is asked to do. */
import type { ProgressMode } from '@munit/train';

/** What `munit compare` is asked to do. */
export interface CompareRequest {
  /** The YAML file. */
  readonly plan: string;
  /** Folder of the runs and the report. */
  readonly out: string;
  /** A name that `--device` takes, such as `auto` or `webgpu`. */
  readonly device: string;
  /** Threads of the `simd` device. */
  readonly threads: number | undefined;
  /** How progress is shown on stderr. */
  readonly progress: ProgressMode;
}
