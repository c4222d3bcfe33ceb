/** What the figures of an evaluation mean. */

export interface MetricKnowledge {
  readonly title: string;
  readonly meaning: string;
  readonly better: 'higher' | 'lower';
  /** Good enough. */
  readonly target?: number;
  /** The best possible value. */
  readonly best?: number;
  readonly format: 'percent' | 'number' | 'count';
}

export const metricKnowledge: Readonly<Record<string, MetricKnowledge>> = {
  'lpips-diversity': {
    title: 'Diversity (LPIPS)',
    meaning: 'How different 10 translations of one held-out input are, by LPIPS 0.1. More is more diverse, not better by itself.',
    better: 'higher', format: 'number',
  },
  'fid-alexnet': {
    title: 'Fréchet distance (AlexNet)',
    meaning: 'How far translations are from real images of B, by features of AlexNet. Of few images: compare it only within this run.',
    better: 'lower', best: 0, format: 'number',
  },
  'kid-alexnet': {
    title: 'Kernel distance (AlexNet)',
    meaning: 'How far translations are from real images of B, by features of AlexNet, without the bias of few images.',
    better: 'lower', best: 0, format: 'number',
  },
  contentIoU: {
    title: 'Content kept',
    meaning: 'How well the shape in the output covers the true shape (intersection over union), over random and guided styles.',
    better: 'higher', target: 0.85, best: 1, format: 'number',
  },
  modesCovered: {
    title: 'Colours covered',
    meaning: 'How many of the 8 true hues appear when one outline gets 100 random styles. Perfect sampling gives 8.00.',
    better: 'higher', target: 7.5, best: 8, format: 'count',
  },
  guidedAccuracy: {
    title: 'Guided style right',
    meaning: 'How often the output takes the hue of the example that it was given. Guessing gets 12.5 %.',
    better: 'higher', target: 0.9, best: 1, format: 'percent',
  },
  guidedTexture: {
    title: 'Guided texture right',
    meaning: 'How often the output takes the texture of the example that it was given. Guessing gets 25 %.',
    better: 'higher', target: 0.75, best: 1, format: 'percent',
  },
  guidedLight: {
    title: 'Guided light right',
    meaning: 'How often the output is lit as the example that it was given. Guessing gets 25 %.',
    better: 'higher', target: 0.75, best: 1, format: 'percent',
  },
  styleConsistency: {
    title: 'Same style, same look',
    meaning: 'How often one style code gives two different outlines the same hue. Chance gives 12.5 %.',
    better: 'higher', best: 1, format: 'percent',
  },
  texturesCovered: {
    title: 'Textures covered',
    meaning: 'How many of the 4 true textures appear when one outline gets 100 random styles. Perfect sampling gives 4.00.',
    better: 'higher', best: 4, format: 'count',
  },
  lightsCovered: {
    title: 'Lights covered',
    meaning: 'How many of the 4 true lights appear when one outline gets 100 random styles. Perfect sampling gives 4.00.',
    better: 'higher', best: 4, format: 'count',
  },
  coatsCovered: {
    title: 'Coats covered',
    meaning: 'How many of the 12 coat colours appear when one drawing gets 20 random styles. Perfect sampling gives 9.9.',
    better: 'higher', target: 9, best: 12, format: 'count',
  },
  coatsCoveredOverall: {
    title: 'Coats covered in all',
    meaning: 'How many of the 12 coat colours appear in all outputs together.',
    better: 'higher', target: 12, best: 12, format: 'count',
  },
  coatUndecided: {
    title: 'No clear coat',
    meaning: 'Share of outputs whose coat has none of the true colours.',
    better: 'lower', best: 0, format: 'percent',
  },
  guidedCoat: {
    title: 'Guided coat right',
    meaning: 'How often the output has the coat of the example that it was given. Guessing gets 8.3 %.',
    better: 'higher', target: 0.95, best: 1, format: 'percent',
  },
  guidedColourError: {
    title: 'Guided colour error',
    meaning: 'Mean difference of a guided output’s coat from the example’s colour, of 255.',
    better: 'lower', target: 4, best: 0, format: 'number',
  },
  detail: {
    title: 'Face kept',
    meaning: 'Whether eyes, brows, nose and mouth are still there: correlation of brightness with the truth around them.',
    better: 'higher', target: 0.85, best: 1, format: 'number',
  },
  hueKl: {
    title: 'Hues off balance (KL)',
    meaning: 'Distance of the outputs’ hues from the true, even distribution, in nats. 100 perfect styles have 0.04, a single hue 2.08.',
    better: 'lower', best: 0, format: 'number',
  },
  hueJs: {
    title: 'Hues off balance (JS)',
    meaning: 'The same by Jensen and Shannon: 0 is perfect, 0.69 the worst.',
    better: 'lower', best: 0, format: 'number',
  },
  hueUndecided: {
    title: 'No clear colour',
    meaning: 'Share of outputs whose colour is none of the true hues.',
    better: 'lower', best: 0, format: 'percent',
  },
};
