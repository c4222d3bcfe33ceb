export interface ProgressProps {
  readonly label: string;
  /** 0 to 1; without it nobody knows how long it takes. */
  readonly value?: number | undefined;
}

export function Progress({ label, value }: ProgressProps) {
  return (
    <div class="progress">
      <span class="small numbers">{label}</span>
      <progress aria-label={label} max={1} {...(value === undefined ? {} : { value })} />
    </div>
  );
}
