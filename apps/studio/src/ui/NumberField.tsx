import { useSignal } from '@preact/signals';

export interface NumberFieldProps {
  readonly label?: string;
  readonly id?: string;
  readonly describedBy?: string;
  readonly class?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly disabled?: boolean;
  /** Digits behind the point. Default 0. */
  readonly digits?: number;
  /** A number within the limits, when the user is done with it. */
  readonly onChange: (value: number) => void;
}

/** A box for a number. What is being typed stays, whatever else in the page changes meanwhile. */
export function NumberField({ label, id, describedBy, class: name, value, digits = 0, onChange, ...limits }: NumberFieldProps) {
  const draft = useSignal<string | undefined>(undefined);
  const done = (event: { readonly currentTarget: HTMLInputElement }): void => {
    const next = event.currentTarget.valueAsNumber;
    draft.value = undefined;
    if (Number.isFinite(next)) onChange(Math.min(limits.max, Math.max(limits.min, next)));
  };
  return (
    <input
      type="number"
      {...limits}
      {...(id === undefined ? {} : { id })}
      {...(name === undefined ? {} : { class: name })}
      aria-label={label}
      aria-describedby={describedBy}
      value={draft.value ?? value.toFixed(digits)}
      onInput={(event) => (draft.value = event.currentTarget.value)}
      onChange={done}
    />
  );
}
