/** The network whose features a mode classifier reads. */
import type { FeatureExtractor } from '../extractors/extractor.js';
import { extractorFrom, loadFeatureExtractor } from '../extractors/extractor.js';
import type { ModeClassifier } from './classifierFiles.js';

/**
 * The extractor whose features `classifier.predict` takes, ready on the device in use: the network that was trained with the classifier, or
 * the frozen one that its card names. The caller disposes of it.
 * @param weights the bytes of a file with the frozen network's weights, where they do not come with the package
 * @throws ArgumentError for a frozen network other than alexnet without `weights`
 * @throws CheckpointMismatchError when the weights do not fit
 */
export async function loadClassifierExtractor({ card, tuned }: ModeClassifier, { weights }: { readonly weights?: Uint8Array | undefined } = {}): Promise<FeatureExtractor> {
  return tuned === undefined ? loadFeatureExtractor({ network: card.network, weights }) : extractorFrom('alexnet', 'torchvision', tuned);
}
