import type { ComponentProps } from 'react';
import { cn } from '../lib/cn.ts';
import { unsendable, useReach } from '../lib/connection.ts';
import { Icon, type IconName } from './icon.tsx';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

const VARIANTS = {
  primary: 'bg-accent text-accent-ink hover:opacity-90 border-transparent',
  secondary: 'bg-surface text-ink border-line-strong/50 hover:bg-raised',
  ghost: 'bg-transparent text-ink border-transparent hover:bg-raised',
  danger: 'bg-surface text-bad border-bad/50 hover:bg-bad-soft',
} as const;
export type ButtonVariant = keyof typeof VARIANTS;

const SHAPE =
  'inline-flex min-h-9 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap select-none transition-colors';

/** The look of a button, for links that act like one. */
export function buttonClass(variant: ButtonVariant = 'secondary', className?: string): string {
  return cn(SHAPE, VARIANTS[variant], className);
}

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  variant?: ButtonVariant;
  icon?: IconName;
  /** Given by buttons that send something: those say why they cannot while Plinth is out of reach. */
  busy?: boolean;
  /** Why it cannot be used now. The button stays reachable, so that everybody can read the reason. */
  disabledReason?: string | null | undefined;
}

export function Button({ variant = 'secondary', icon, busy, disabledReason: reason, className, children, onClick, ...rest }: ButtonProps) {
  const away = unsendable(useReach());
  const disabledReason = busy === undefined ? reason : (reason ?? away);
  const off = busy === true || Boolean(disabledReason);
  const button = (
    <button
      type="button"
      {...rest}
      // A menu opens by these.
      {...(off && { onPointerDown: undefined, onKeyDown: undefined })}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={off ? (event) => event.preventDefault() : onClick}
      className={buttonClass(variant, cn(off && 'cursor-not-allowed opacity-55', className))}
    >
      {busy ? <Spinner /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
  return disabledReason ? <Tooltip text={disabledReason}>{button}</Tooltip> : button;
}

/** A button with a picture only; `label` is its name and its tooltip. */
export function IconButton({
  icon,
  label,
  className,
  ...rest
}: Omit<ButtonProps, 'children' | 'icon'> & { icon: IconName; label: string }) {
  return (
    <Tooltip text={rest.disabledReason ?? label}>
      <button
        type="button"
        aria-label={label}
        {...omitReason(rest)}
        className={cn('inline-flex size-9 items-center justify-center rounded-md text-ink-2 hover:bg-raised hover:text-ink', className)}
      >
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}

function omitReason({ disabledReason, variant: _variant, busy: _busy, ...rest }: Omit<ButtonProps, 'children' | 'icon'>) {
  return disabledReason ? { ...rest, 'aria-disabled': true, onClick: undefined } : rest;
}
