import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../ui/Button.js';
import { pickFiles } from '../../ui/files.js';
import { notify } from '../../ui/notices.js';
import { Dialog } from '../../ui/Dialog.js';
import { takeFiles } from '../../incoming.js';
import { clock } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

export interface CameraDialogProps {
  readonly onClose: () => void;
}

/** Shows the camera and takes a photo, which stays in the page. */
export function CameraDialog({ onClose }: CameraDialogProps) {
  const video = useRef<HTMLVideoElement>(null);
  /** There is a frame to take. */
  const ready = useSignal(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let closed = false;
    const open = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
      if (closed) return end(stream);
      if (video.current !== null) video.current.srcObject = stream;
    };
    open().catch((error: unknown) => {
      notify(words.peek().camera.unusable(error instanceof Error ? error.message : String(error)), 'error');
      onClose();
    });
    return () => {
      closed = true;
      if (stream !== undefined) end(stream);
    };
  }, []);
  const shoot = async (): Promise<void> => {
    if (video.current === null) return;
    const { videoWidth, videoHeight } = video.current;
    const canvas = new OffscreenCanvas(videoWidth, videoHeight);
    canvas.getContext('2d')?.drawImage(video.current, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    onClose();
    await takeFiles([new File([blob], words.peek().camera.photo(clock(new Date())), { type: blob.type })]);
  };
  return (
    <Dialog title={words.value.image.takePhoto} onClose={onClose}>
      <video class="camera" ref={video} autoplay muted playsInline aria-label={words.value.camera.see} onLoadedData={() => (ready.value = true)} />
      <div class="row">
        <Button kind="primary" icon="camera" label={words.value.camera.take} disabled={!ready.value} onClick={() => void shoot()} />
        <Button label={words.value.common.cancel} onClick={onClose} />
      </div>
    </Dialog>
  );
}

const end = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

/** Where the page has no camera of its own (plain http, old phones), the phone's camera app. */
export async function photographByApp(): Promise<void> {
  await takeFiles(await pickFiles({ accept: 'image/*', capture: 'environment' }));
}

export const hasCamera = (): boolean => (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia !== undefined;
