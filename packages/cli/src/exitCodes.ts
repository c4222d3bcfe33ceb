/** What the process returns, so that a script can tell one failure from another. */
export const exitCodes = {
  ok: 0,
  /** Something unforeseen: a fault of munit or of this machine. */
  unexpected: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** Images or a data set cannot be used. */
  data: 3,
  /** The device is absent, lost, or too small. */
  device: 4,
  /** A run folder, checkpoint or model cannot be used or written. */
  run: 5,
  /** Training diverged. */
  diverged: 6,
  /** Stopped by Ctrl-C, SIGTERM or a closed terminal (SIGHUP), after saving. */
  interrupted: 130,
} as const;

/** By the `code` of the error. */
const byErrorCode: Readonly<Record<string, number>> = {
  ARGUMENT: exitCodes.usage,
  CONFIG: exitCodes.usage,
  DATA: exitCodes.data,
  DEVICE: exitCodes.device,
  DEVICE_UNAVAILABLE: exitCodes.device,
  DEVICE_LOST: exitCodes.device,
  OUT_OF_MEMORY: exitCodes.device,
  RUN_FOLDER: exitCodes.run,
  CHECKPOINT: exitCodes.run,
  SAFETENSORS: exitCodes.run,
  NON_FINITE: exitCodes.diverged,
  ABORTED: exitCodes.interrupted,
};

export const exitCodeOf = (code: string | undefined): number => (code === undefined ? undefined : byErrorCode[code]) ?? exitCodes.unexpected;

export const exitCodesHelp = `Exit codes:
  0  success
  1  something unforeseen
  2  wrong command line or configuration
  3  images or a data set cannot be used
  4  device absent, lost or too small
  5  run folder, checkpoint or model cannot be used
  6  training diverged
130  stopped by Ctrl-C, after saving`;
