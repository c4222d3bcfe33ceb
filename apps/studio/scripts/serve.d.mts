export interface ServeOptions {
  readonly root: string;
  /** 0, the default: any that is free. */
  readonly port?: number;
  readonly isolate?: boolean;
}

export function serve(options: ServeOptions): Promise<{ readonly address: string; readonly close: () => Promise<void> }>;
