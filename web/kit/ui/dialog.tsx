import * as Radix from '@radix-ui/react-dialog';
import { type ReactNode, type Ref, useState } from 'react';
import { cn } from '../lib/cn.ts';
import { lastOpener } from '../lib/opener.ts';
import { kitWords } from '../words/kit.ts';
import { Icon } from './icon.tsx';

const PLACE = 'top-[8vh] left-1/2 max-h-[84vh] -translate-x-1/2 rounded-lg';
const MIDDLE = `${PLACE} w-[min(34rem,calc(100vw-2rem))]`;
const SHAPES = {
  box: `${MIDDLE} overflow-y-auto p-5`,
  wide: `${PLACE} w-[min(48rem,calc(100vw-2rem))] overflow-y-auto p-5`,
  drawer: 'inset-y-0 left-0 w-64 overflow-y-auto p-4',
  palette: `${MIDDLE} overflow-hidden`,
} as const;

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** box: a question in the middle. wide: one with a table in it. drawer: from the left edge, in full height. palette: without padding and heading. */
  shape?: keyof typeof SHAPES;
}

/** A question in front of the page. Escape and a click outside close it; focus returns to where it was. */
export function Dialog({ open, onOpenChange, ...asked }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Box {...asked} />
      </Radix.Portal>
    </Radix.Root>
  );
}

/** There while it is open only. */
function Box({
  title,
  description,
  children,
  shape = 'box',
  ref,
}: Omit<DialogProps, 'open' | 'onOpenChange'> & { ref?: Ref<HTMLDivElement> }) {
  const t = kitWords.use();
  const [origin] = useState(() => originOf(document.activeElement) ?? lastOpener());
  const hideTitle = shape === 'palette';
  return (
    <Radix.Content
      ref={ref}
      {...(description ? {} : { 'aria-describedby': undefined })}
      onCloseAutoFocus={(event) => {
        if (!origin?.isConnected) return;
        event.preventDefault();
        origin.focus();
      }}
      className={cn('fixed z-40 border border-line bg-surface shadow-xl', SHAPES[shape])}
    >
      <Radix.Title className={hideTitle ? 'sr-only' : 'pr-8 text-base font-semibold'}>{title}</Radix.Title>
      {description && (
        <Radix.Description asChild>
          <div className="mt-1 text-ink-2">{description}</div>
        </Radix.Description>
      )}
      {children}
      {!hideTitle && (
        <Radix.Close aria-label={t('close')} className="absolute top-3 right-3 rounded-md p-1.5 text-ink-2 hover:bg-raised hover:text-ink">
          <Icon name="cross" />
        </Radix.Close>
      )}
    </Radix.Content>
  );
}

/** Where a reader goes back to: of a menu, which is gone by then, the button that opened it. */
function originOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest('[role=menu]');
  if (menu) return originOf(document.getElementById(menu.getAttribute('aria-labelledby') ?? ''));
  return element instanceof HTMLElement && element !== document.body ? element : null;
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
