/** What the settings of the next run are: as they were left, also after a run and after a reload. Images last as long as the page. */
import { effect, signal } from '@preact/signals';
import { read, write } from '../store.js';
import { type DeviceRequest, presets, type Settings, type Source } from './settings.js';

/** One of the two sets. */
export interface PictureFiles {
  readonly files: readonly File[];
  readonly name: string;
}

export const noPictures: PictureFiles = { files: [], name: '' };

interface KeptDraft {
  readonly kind: Source['kind'];
  readonly names: { readonly a: string; readonly b: string };
  readonly settings: Settings;
  readonly device: DeviceRequest;
}

const ENTRY = 'training draft';
const WAIT_MS = 500;

export class Draft {
  readonly kind = signal<Source['kind']>('synthetic');
  readonly a = signal(noPictures);
  readonly b = signal(noPictures);
  readonly settings = signal<Settings>(presets[0].settings);
  readonly device = signal<DeviceRequest>('auto');

  /** Takes over what was left, and keeps what is changed from then on. @returns a function that ends that */
  async follow(): Promise<() => void> {
    const kept = await read<KeptDraft>(ENTRY);
    if (kept !== undefined) {
      this.kind.value = kept.kind;
      this.a.value = { ...this.a.peek(), name: kept.names.a };
      this.b.value = { ...this.b.peek(), name: kept.names.b };
      this.settings.value = kept.settings;
      this.device.value = kept.device;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    return effect(() => {
      const now: KeptDraft = { kind: this.kind.value, names: { a: this.a.value.name, b: this.b.value.name }, settings: this.settings.value, device: this.device.value };
      clearTimeout(timer);
      if (!first) timer = setTimeout(() => void write(ENTRY, now), WAIT_MS);
      first = false;
    });
  }
}
