/** Form fields: a label, the control, help below it, and the server's or the contract's refusal with its remedy. */
import { type ComponentProps, type ReactNode, useId } from 'react';
import type { FieldError } from '../../../contract/ids.ts';
import { cn } from '../lib/cn.ts';
import { Icon } from './icon.tsx';

const CONTROL =
  'w-full rounded-md border border-line-strong bg-surface px-3 text-ink placeholder:text-ink-2/80 aria-invalid:border-bad disabled:opacity-55';

interface FieldProps {
  label: string;
  help?: ReactNode;
  error?: Pick<FieldError, 'rule' | 'remedy'> | null | undefined;
}

function useField({ help, error }: FieldProps) {
  const id = useId();
  const described = [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return { id, control: { id, 'aria-invalid': error ? true : undefined, 'aria-describedby': described || undefined } as const };
}

function Frame({
  id,
  label,
  help,
  error,
  hideLabel = false,
  children,
}: FieldProps & { id: string; hideLabel?: boolean; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'font-medium'}>
        {label}
      </label>
      {children}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-bad">
          <Icon name="alert" className="mt-0.5" />
          <span>
            {capital(error.rule)}
            {/[.!?]$/.test(error.rule) ? '' : '.'} {error.remedy}
          </span>
        </p>
      )}
      {help && (
        <div id={`${id}-help`} className="text-xs text-ink-2">
          {help}
        </div>
      )}
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function TextField({ label, help, error, className, ...rest }: FieldProps & ComponentProps<'input'>) {
  const { id, control } = useField({ label, help, error });
  return (
    <Frame id={id} label={label} help={help} error={error}>
      <input {...rest} {...control} className={cn(CONTROL, 'min-h-9', className)} />
    </Frame>
  );
}

export function TextArea({ label, help, error, className, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const { id, control } = useField({ label, help, error });
  return (
    <Frame id={id} label={label} help={help} error={error}>
      <textarea {...rest} {...control} className={cn(CONTROL, 'min-h-20 py-2', className)} />
    </Frame>
  );
}

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

/** The browser's own list: works with every reader, keyboard and phone. */
export function SelectField({
  label,
  help,
  error,
  options,
  className,
  hideLabel = false,
  ...rest
}: FieldProps & ComponentProps<'select'> & { options: readonly SelectOption[]; hideLabel?: boolean }) {
  const { id, control } = useField({ label, help, error });
  return (
    <Frame id={id} label={label} help={help} error={error} hideLabel={hideLabel}>
      <select {...rest} {...control} className={cn(CONTROL, 'min-h-9', className)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export function Checkbox({
  label,
  help,
  className,
  ...rest
}: { label: ReactNode; help?: ReactNode } & Omit<ComponentProps<'input'>, 'type'>) {
  const id = useId();
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={help ? `${id}-help` : undefined}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={id}>{label}</label>
        {help && (
          <p id={`${id}-help`} className="text-xs text-ink-2">
            {help}
          </p>
        )}
      </div>
    </div>
  );
}
