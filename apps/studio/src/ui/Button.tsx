import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.js';

export interface ButtonProps {
  /** What it says; with `iconOnly` only to those who cannot see the icon, and as a tip. */
  readonly label: string;
  /** A tip, where the label says too little. */
  readonly title?: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly icon?: IconName;
  readonly iconOnly?: boolean;
  /** `primary`: the one thing to do next. `plain`: without a border. */
  readonly kind?: 'primary' | 'quiet' | 'plain';
  /** Of a toggle. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly children?: ComponentChildren;
}

export function Button({ label, title, onClick, icon, iconOnly = false, kind = 'quiet', pressed, disabled = false, children }: ButtonProps) {
  return (
    <button
      type="button"
      class="button"
      data-kind={kind}
      data-icon-only={iconOnly ? '' : undefined}
      aria-label={iconOnly ? label : undefined}
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
