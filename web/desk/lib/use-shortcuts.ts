/** Keys for people who do this all day. Nothing happens while somebody types or holds a modifier. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useSession } from '../../kit/lib/use-session.ts';
import { mayOpen } from './abilities.ts';
import { PAGES } from './pages.ts';

/** `g` then a letter goes to a place. */
const GO_KEYS: ReadonlyMap<string, string> = new Map(PAGES.flatMap(({ key, to }) => (key === undefined ? [] : [[key, to]])));
const SEQUENCE_MS = 1_200;

export function useShortcuts({ onPalette }: { onPalette: () => void }): void {
  const navigate = useNavigate();
  const session = useSession();
  const go = (to: string): void => {
    // To what would only be refused nobody is led, by whatever way.
    if (mayOpen(session, to)) void navigate({ to });
  };
  const open = useRef({ palette: onPalette, go });
  open.current = { palette: onPalette, go };
  useEffect(() => {
    let goAt = 0;
    const listen = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const going = performance.now() - goAt < SEQUENCE_MS;
      goAt = 0;
      // Shift alone says nothing: it belongs to the letter that follows.
      if (event.key === 'Shift') goAt = going ? performance.now() : 0;
      else if (going && GO_KEYS.has(event.key)) open.current.go(GO_KEYS.get(event.key)!);
      else if (event.key === 'g') goAt = performance.now();
      else if (event.key === 'c') open.current.go('/vps/new');
      else if (event.key === '?') open.current.palette();
      else if (event.key === '/') focusSearch(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null)
  );
}

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>('input[type="search"]');
  if (!search) return;
  event.preventDefault();
  search.focus();
}
