/** What can be done with one row of a list: the `…` at its end. */
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';
import { kitWords } from '../words/kit.ts';

const BUTTON =
  'inline-flex size-9 items-center justify-center rounded-md text-ink-2 hover:bg-raised hover:text-ink data-[state=open]:bg-raised data-[state=open]:text-ink';

interface RowMenuProps {
  /** Of the row's thing, for who does not see the row. */
  name: string;
  /** Menu items. They are drawn, and ask what they ask, while the menu is open only. */
  children: ReactNode;
}

/** Until it is opened once there is nothing but a button, so that a long list is as light as without it. */
export function RowMenu({ name, children }: RowMenuProps) {
  const t = kitWords.use();
  const [asked, ask] = useState<'no' | 'by-hand' | 'by-key'>('no');
  const looks = { type: 'button', title: t('actionsFor', { name }), 'aria-label': t('actionsFor', { name }), className: BUTTON } as const;
  const dots = <Icon name="more" />;
  if (asked === 'no')
    return (
      <button
        {...looks}
        aria-haspopup="menu"
        aria-expanded={false}
        // A press of a key is a click of no button.
        onClick={({ detail }) => ask(detail === 0 ? 'by-key' : 'by-hand')}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          ask('by-key');
        }}
      >
        {dots}
      </button>
    );
  return (
    <Menu defaultOpen trigger={<button {...looks}>{dots}</button>}>
      {asked === 'by-key' && <FirstItem />}
      {children}
    </Menu>
  );
}

/** The last cell of a table's row: as narrow as its menu, and no higher than the row. */
export function MenuCell({ children }: { children: ReactNode }) {
  return (
    <td className="py-0! pr-0! text-right align-middle sm:w-9">
      <span className="-my-1 inline-block align-middle">{children}</span>
    </td>
  );
}

/** Whoever opened it with a key stands on its first item. */
function FirstItem() {
  const here = useRef<HTMLSpanElement>(null);
  useEffect(() => here.current?.closest('[role=menu]')?.querySelector<HTMLElement>('[role=menuitem]')?.focus(), []);
  return <span ref={here} hidden />;
}

/** Leads to the page of it. @param to an address of this audience's pages */
export function OpenItem({ to, children }: { to: string; children?: ReactNode }) {
  const router = useRouter();
  const t = kitWords.use();
  return <MenuItem onSelect={() => router.history.push(to)}>{children ?? t('open')}</MenuItem>;
}

/** Puts `text` on the clipboard and says so. */
export function CopyItem({ text, what }: { text: string; what: string }) {
  const t = kitWords.use();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t('copied', { what }));
    } catch {
      // Where the browser keeps the clipboard to itself, it can be read off and typed.
      toast(text);
    }
  };
  return <MenuItem onSelect={() => void copy()}>{t('copy', { what })}</MenuItem>;
}
