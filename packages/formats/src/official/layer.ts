/** What models need to know of a generator, whatever its kind. */
import type { GeneratorNode, GeneratorSizes, OfficialLayer } from '@munit/layers';

/** A generator of any kind: its sizes, and its parts by their roles (`describe().roles`). */
export interface GeneratorLayer extends OfficialLayer, GeneratorSizes {
  /** What it was made from; `inputDim`: channels of its images. */
  readonly architecture: { readonly inputDim: number };
  /** The smallest height and width of an image that is translated, where that is not twice `sizeMultiple`. */
  readonly contentMinimum?: number;
  /** Its parts by their roles. */
  describe(): GeneratorNode;
}
