/** What a drawing shows, in lines and in colour alike. Numbers are indices into the drawings of `animal-avatar-generator`. */
export interface AnimalParts {
  /** 0 to 13. */
  readonly ears: number;
  /** Nose, mouth and what is around them, 0 to 15. */
  readonly muzzle: number;
  /** 0 to 7. */
  readonly eyes: number;
  /** 0 to 2. */
  readonly brows: number;
  /** A patch of the coat, 0 to 2, or none. */
  readonly patch: number | null;
  /** Wool, a mane or a tuft, 0 to 3, or none. */
  readonly hair: number | null;
}

/** How many drawings there are of each part. */
export const partCounts = { ears: 14, muzzle: 16, eyes: 8, brows: 3, patch: 3, hair: 4 } as const satisfies Readonly<Record<keyof AnimalParts, number>>;

/** Where and how a face is drawn. */
export interface Pose {
  /** Turn in degrees, clockwise as seen. */
  readonly turn: number;
  /** 1 for the size of the original drawing. */
  readonly scale: number;
  /** To the right, as a share of the side. */
  readonly x: number;
  /** Down, as a share of the side. */
  readonly y: number;
  /** Width of the lines as a share of the side; only line drawings show it. */
  readonly line: number;
}

/** One animal, apart from its colour. */
export interface AnimalContent {
  /** Which drawings it is made of. */
  readonly parts: AnimalParts;
  /** Where and how it is drawn. */
  readonly pose: Pose;
}
