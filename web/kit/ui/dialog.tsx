import * as Radix from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';
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
export function Dialog({ open, onOpenChange, title, description, children, shape = 'box' }: DialogProps) {
  const t = kitWords.use();
  const hideTitle = shape === 'palette';
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
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
            <Radix.Close
              aria-label={t('close')}
              className="absolute top-3 right-3 rounded-md p-1.5 text-ink-2 hover:bg-raised hover:text-ink"
            >
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
