import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { thumbOf } from '../../image/thumb.js';
import type { LibraryImage } from '../../image/libraryImage.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';

export interface ThumbProps {
  readonly image: LibraryImage;
  readonly pressed: boolean;
  readonly onClick: () => void;
}

export function Thumb({ image, pressed, onClick }: ThumbProps) {
  const bitmap = useSignal<ImageBitmap | undefined>(undefined);
  useEffect(() => {
    thumbOf(image)
      .then((made) => (bitmap.value = made))
      .catch(() => undefined);
  }, [image]);
  return (
    <li>
      <button type="button" class="thumb" aria-pressed={pressed} aria-label={image.name} title={image.name} onClick={onClick}>
        <PictureCanvas picture={bitmap.value} />
      </button>
    </li>
  );
}
