export interface NamedReason {
  readonly name: string;
  readonly reason: string;
}

export interface Range {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** What one folder, list or half of a folder holds. */
export interface DomainReport {
  /** `trainA`, or `images` when one folder was given. */
  readonly domain: string;
  /** The folder or list. */
  readonly label: string;
  readonly files: number;
  readonly usable: number;
  readonly bytes: number;
  /** Undefined when nothing is usable. */
  readonly width: Range | undefined;
  readonly height: Range | undefined;
  /** Distinct sizes. */
  readonly sizes: number;
  /** Number of files of each format, by content. */
  readonly formats: Readonly<Record<string, number>>;
  readonly grey: number;
  readonly colour: number;
  readonly alpha: number;
  readonly cmyk: number;
  readonly sixteenBit: number;
  /** Turned upright by their EXIF orientation. */
  readonly oriented: number;
  readonly broken: readonly NamedReason[];
  /** Every pixel the same colour. */
  readonly blank: readonly string[];
  /** The extension says another format than the content is. */
  readonly mislabelled: readonly NamedReason[];
  /** Shorter side below `minSide`. */
  readonly tooSmall: readonly NamedReason[];
  /** Groups of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** Files that are not images by their extension. */
  readonly ignored: readonly string[];
}

export interface DataProblem {
  /** `error`: training would fail or be pointless; `warning`: worth knowing. */
  readonly level: 'error' | 'warning';
  readonly domain: string;
  readonly message: string;
}

export interface DataReport {
  readonly domains: readonly DomainReport[];
  readonly problems: readonly DataProblem[];
  /** No problem is an error. */
  readonly ok: boolean;
}
