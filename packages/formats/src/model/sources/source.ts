/** Where a model's files come from. */

export interface ReadOptions {
  /** Aborts the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes arrive. */
  readonly onBytes?: ((loaded: number, total: number | undefined) => void) | undefined;
  /** Stop and refuse beyond this many bytes. */
  readonly maxBytes: number;
}

/** A folder, or one file, of which the name is then given. */
export interface FileSource {
  /** For messages. */
  readonly where: string;
  /** The one file that it is; undefined for a folder. */
  readonly single: string | undefined;
  /** Whether asking for files that may not be there costs nothing: on a disk and in memory. Default false. */
  readonly local?: boolean;
  /** The bytes of a file; undefined when there is no such file. */
  readonly read: (name: string, options: ReadOptions) => Promise<Uint8Array<ArrayBuffer> | undefined>;
}
