/** Loading progress as a label and a fraction. */
import type { LoadTranslatorProgress } from '@munit/infer';
import { megabytes } from '../ui/numbers.js';
import { type Words, words } from '../words/words.js';

export interface LoadStep {
  readonly label: string;
  /** 0 to 1, where it is known. */
  readonly fraction: number | undefined;
}

export function describeStep(progress: LoadTranslatorProgress): LoadStep {
  const said = words.peek().loading;
  switch (progress.kind) {
    case 'download':
      return bytesStep(progress, said.fetching, said.fetchingOf);
    case 'cache':
      if (progress.event === 'read') return bytesStep(progress, said.cached, said.cachedOf);
      return { label: said.cache, fraction: undefined };
    case 'verify':
      return { label: said.checking(progress.file), fraction: undefined };
    case 'parse':
      return { label: said.reading(progress.file), fraction: undefined };
    case 'upload':
      return { label: said.uploading(megabytes(progress.bytes)), fraction: undefined };
    case 'compile':
      return { label: said.compiling, fraction: undefined };
    case 'ready':
      return { label: said.ready, fraction: 1 };
  }
}

interface Bytes {
  readonly file: string;
  readonly loaded: number;
  readonly total?: number | undefined;
}

function bytesStep({ file, loaded, total }: Bytes, open: Words['loading']['fetching'], of: Words['loading']['fetchingOf']): LoadStep {
  if (total === undefined || total === 0) return { label: open(file, megabytes(loaded)), fraction: undefined };
  return { label: of(file, megabytes(loaded), megabytes(total)), fraction: loaded / total };
}
