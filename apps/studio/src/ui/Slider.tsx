import { useRef } from 'preact/hooks';
import { NumberField } from './NumberField.js';
import { words } from '../words/words.js';

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onInput: (value: number) => void;
  readonly disabled?: boolean;
  /** Digits behind the point in the number box. Default 2. */
  readonly digits?: number;
}

/** A range and a number box on one value. */
export function Slider({ label, value, min, max, step, onInput, disabled = false, digits = 2 }: SliderProps) {
  /** What it was when a finger came down. */
  const before = useRef<number | undefined>(undefined);
  const touched = (event: PointerEvent): void => {
    before.current = event.pointerType === 'touch' ? value : undefined;
  };
  // The finger scrolls the page: it did not mean the slider.
  const cancelled = (): void => {
    if (before.current !== undefined) onInput(before.current);
    before.current = undefined;
  };
  return (
    <div class="slider">
      <span aria-hidden="true">{label}</span>
      <input type="range" aria-label={label} {...{ min, max, step, disabled }} value={value} onPointerDown={touched} onPointerCancel={cancelled} onInput={(event) => onInput(event.currentTarget.valueAsNumber)} />
      <NumberField label={words.value.common.asNumber(label)} {...{ min, max, step, disabled, digits, value }} onChange={onInput} />
    </div>
  );
}
