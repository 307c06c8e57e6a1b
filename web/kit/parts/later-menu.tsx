/** A menu that the first page does without: its parts are loaded when somebody is about to open it. */
import { type FunctionComponent, type ReactElement, type ReactNode, useState } from 'react';
import { PartMissing } from '../lib/lazy-part.tsx';
import { toast } from '../ui/toast.tsx';

/** It is open as soon as it is there. */
export type OpenMenu = FunctionComponent<{ trigger: ReactElement }>;

interface LaterMenuProps {
  load: () => Promise<OpenMenu>;
  className: string;
  /** What the button shows. */
  children: ReactNode;
}

export function LaterMenu({ load, className, children }: LaterMenuProps) {
  const [Menu, open] = useState<OpenMenu | null>(null);
  if (Menu)
    return (
      <Menu
        trigger={
          <button type="button" className={className}>
            {children}
          </button>
        }
      />
    );
  const soon = (): void => void load().catch(() => undefined);
  return (
    <button
      type="button"
      aria-haspopup="menu"
      aria-expanded={false}
      className={className}
      onPointerEnter={soon}
      onFocus={soon}
      onClick={() =>
        void load().then(
          (menu) => open(() => menu),
          () => {
            const { message, remedy } = new PartMissing(() => undefined);
            toast(message, { detail: remedy, bad: true });
          },
        )
      }
    >
      {children}
    </button>
  );
}
