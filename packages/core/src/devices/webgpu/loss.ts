import { DeviceLostError } from '../../errors/index.js';

/** Whether and why a device is lost. */
export interface Loss {
  error(): DeviceLostError | undefined;
  readonly happened: Promise<DeviceLostError>;
  /** We are about to destroy the device ourselves: that does not count as a loss. */
  expect(): void;
  /** @throws DeviceLostError when the device is lost */
  check(): void;
}

export function watchLoss(device: GPUDevice, description: string): Loss {
  let error: DeviceLostError | undefined;
  let expected = false;
  const happened = new Promise<DeviceLostError>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      if (expected) return;
      const why = [reason, firstLine(message)].filter((part) => part !== '' && part !== 'unknown').join(': ') || 'no reason given';
      error = new DeviceLostError(`The device was lost (${description}; ${why}); its tensors are gone.`, {
        remedy: {
          id: 'reopen-device',
          text: "Dispose of this handle, call openDevice('webgpu') again, and load the model or the last checkpoint again.",
        },
      });
      resolve(error);
    });
  });
  return {
    error: () => error,
    happened,
    expect: () => (expected = true),
    check: () => {
      if (error !== undefined) throw error;
    },
  };
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] as string).trim();

/** A loss may be reported some time after the failures that it causes: seconds, where the GPU process is busy building programs. */
export const lossIsReported = (loss: Loss): Promise<unknown> => Promise.race([loss.happened, new Promise((resolve) => setTimeout(resolve, 10_000))]);
