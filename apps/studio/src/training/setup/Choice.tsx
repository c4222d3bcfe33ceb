import { useId } from 'preact/hooks';

export interface ChoiceProps<T extends number | string> {
  readonly label: string;
  /** What it means, in a sentence. */
  readonly hint: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

/** One of several values, with what it means. */
export function Choice<T extends number | string>({ label, hint, value, options, onChange }: ChoiceProps<T>) {
  const id = useId();
  // A run that is continued may have a value that is not offered.
  const all = options.some((option) => option.value === value) ? options : [...options, { value, label: String(value) }];
  const take = (event: { readonly currentTarget: HTMLSelectElement }): void => {
    const next = all[event.currentTarget.selectedIndex];
    if (next !== undefined) onChange(next.value);
  };
  return (
    <div class="train-choice">
      <label for={id}>{label}</label>
      <select id={id} class="field" aria-describedby={`${id}-hint`} value={String(value)} onChange={take}>
        {all.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} class="small">
        {hint}
      </p>
    </div>
  );
}
