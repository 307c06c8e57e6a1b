import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import { cn } from '../../lib/cn.ts';
import { Icon } from './icon.tsx';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  className?: string;
  hideTitle?: boolean;
}

/** A question in front of the page. Escape and a click outside close it; focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, children, className, hideTitle = false }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed top-[8vh] left-1/2 z-40 max-h-[84vh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto rounded-lg border border-line bg-surface p-5 shadow-xl',
            className,
          )}
        >
          <Radix.Title className={hideTitle ? 'sr-only' : 'pr-8 text-base font-semibold'}>{title}</Radix.Title>
          {description && (
            <Radix.Description asChild>
              <div className="mt-1 text-ink-2">{description}</div>
            </Radix.Description>
          )}
          {children}
          {!hideTitle && (
            <Radix.Close aria-label="Close" className="absolute top-3 right-3 rounded-md p-1.5 text-ink-2 hover:bg-raised hover:text-ink">
              <Icon name="cross" />
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
