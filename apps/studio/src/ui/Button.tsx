import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './Icon.js';

export interface ButtonProps {
  /** What it says; with `iconOnly` only to those who cannot see the icon, and as a tip. */
  readonly label: string;
  /** What it says to those who cannot see where it is; the label is part of it. */
  readonly fullLabel?: string;
  /** A tip, where the label says too little. */
  readonly title?: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  /** `primary`: the one thing to do next. `plain`: without a border. `danger`: takes something away for good. */
  readonly kind?: 'primary' | 'quiet' | 'plain' | 'danger';
  /** Of a toggle. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** Takes the focus when it appears. */
  readonly autofocus?: boolean;
  readonly children?: ComponentChildren;
}

export function Button({ label, fullLabel, title, onClick, icon, iconOnly = false, kind = 'quiet', pressed, disabled = false, autofocus = false, children }: ButtonProps) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (autofocus) ref.current?.focus();
  }, []);
  return (
    <button
      ref={ref}
      type="button"
      class="button"
      data-kind={kind}
      data-icon-only={iconOnly ? '' : undefined}
      aria-label={iconOnly ? label : fullLabel}
      title={iconOnly ? label : title}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {!iconOnly && label}
      {children}
    </button>
  );
}
