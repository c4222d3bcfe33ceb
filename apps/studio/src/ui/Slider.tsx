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
  const take = (event: { readonly currentTarget: HTMLInputElement }): void => {
    const next = event.currentTarget.valueAsNumber;
    if (Number.isFinite(next)) onInput(Math.min(max, Math.max(min, next)));
  };
  return (
    <div class="slider">
      <span aria-hidden="true">{label}</span>
      <input type="range" aria-label={label} {...{ min, max, step, disabled }} value={value} onInput={take} />
      <input type="number" aria-label={`${label}, as a number`} {...{ min, max, step, disabled }} value={value.toFixed(digits)} onChange={take} />
    </div>
  );
}
