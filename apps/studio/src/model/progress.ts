/** Loading progress as a label and a fraction. */
import type { LoadTranslatorProgress } from '@munit/infer';
import { megabytes } from '../ui/numbers.js';

export interface LoadStep {
  readonly label: string;
  /** 0 to 1, where it is known. */
  readonly fraction: number | undefined;
}

export function describeStep(progress: LoadTranslatorProgress): LoadStep {
  switch (progress.kind) {
    case 'download':
      return bytesStep(`Fetching ${progress.file}`, progress.loaded, progress.total);
    case 'cache':
      if (progress.event === 'read') return bytesStep(`Reading ${progress.file} from the cache`, progress.loaded, progress.total);
      return { label: 'Checking the cache', fraction: undefined };
    case 'verify':
      return { label: `Checking ${progress.file}`, fraction: undefined };
    case 'parse':
      return { label: `Reading ${progress.file}`, fraction: undefined };
    case 'upload':
      return { label: `Uploading ${megabytes(progress.bytes)}`, fraction: undefined };
    case 'compile':
      return { label: 'Compiling GPU programs', fraction: undefined };
    case 'ready':
      return { label: 'Ready', fraction: 1 };
  }
}

function bytesStep(what: string, loaded: number, total: number | undefined): LoadStep {
  if (total === undefined || total === 0) return { label: `${what}: ${megabytes(loaded)}`, fraction: undefined };
  return { label: `${what}: ${megabytes(loaded)} of ${megabytes(total)}`, fraction: loaded / total };
}
