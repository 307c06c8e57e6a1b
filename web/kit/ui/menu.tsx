import * as Radix from '@radix-ui/react-dropdown-menu';
import type { ReactElement, ReactNode } from 'react';
import { cn } from '../lib/cn.ts';
import { rememberOpener } from '../lib/opener.ts';
import { Icon } from './icon.tsx';

const ITEM = 'flex min-h-9 cursor-default items-center gap-2 rounded px-2.5 py-1.5 outline-none select-none data-highlighted:bg-raised';

const BOX =
  'z-40 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(24rem,calc(100vw-1rem))] min-w-52 overflow-y-auto rounded-md border border-line bg-surface p-1 shadow-lg';

/** `defaultOpen`: it is open as soon as it is there. What it holds is drawn while it is open only. */
export function Menu({ trigger, children, defaultOpen = false }: { trigger: ReactElement; children: ReactNode; defaultOpen?: boolean }) {
  return (
    <Radix.Root modal={false} defaultOpen={defaultOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content ref={rememberOpener} align="end" sideOffset={4} collisionPadding={8} className={BOX}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  onSelect,
  children,
  danger = false,
  disabledReason,
}: {
  onSelect: () => void;
  children: ReactNode;
  danger?: boolean;
  disabledReason?: string | null;
}) {
  const off = Boolean(disabledReason);
  return (
    <Radix.Item
      aria-disabled={off || undefined}
      onSelect={off ? (event) => event.preventDefault() : onSelect}
      className={cn(ITEM, danger && 'text-bad', off && 'flex-col items-start gap-0 text-ink-2')}
    >
      {children}
      {off && <span className="text-xs">{disabledReason}</span>}
    </Radix.Item>
  );
}

/** A menu inside a menu. */
export function MenuSub({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Radix.Sub>
      <Radix.SubTrigger className={cn(ITEM, 'data-[state=open]:bg-raised')}>
        {label}
        <Icon name="chevron" className="ml-auto size-3.5 -rotate-90" />
      </Radix.SubTrigger>
      <Radix.Portal>
        <Radix.SubContent sideOffset={4} collisionPadding={8} className={BOX}>
          {children}
        </Radix.SubContent>
      </Radix.Portal>
    </Radix.Sub>
  );
}

export function MenuCheck({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem checked={checked} onCheckedChange={onChange} onSelect={(event) => event.preventDefault()} className={ITEM}>
      <span className="size-4">{checked && <Icon name="check" />}</span>
      {children}
    </Radix.CheckboxItem>
  );
}

export function MenuRadio({
  value,
  onChange,
  options,
}: {
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [value: string, label: string])[];
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange}>
      {options.map(([each, label]) => (
        <Radix.RadioItem key={each} value={each} className={ITEM}>
          <span className="size-4">{each === value && <Icon name="check" />}</span>
          {label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 pt-2 pb-1 text-xs text-ink-2">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line last:hidden" />;
}
