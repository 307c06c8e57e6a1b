/** Keys for people who do this all day. Nothing happens while somebody types or holds a modifier. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** `g` then a letter goes to a place. */
export const GO_KEYS: Readonly<Record<string, readonly [to: string, label: string]>> = {
  o: ['/', 'Overview'],
  v: ['/vps', 'VPSes'],
  n: ['/snapshots', 'Snapshots'],
  p: ['/operations', 'Operations'],
  d: ['/drift', 'Drift and inventory'],
  w: ['/sweeps', 'Sweeps'],
  j: ['/jobs', 'Jobs'],
  a: ['/admin', 'Accounts'],
  t: ['/audit', 'Audit'],
  s: ['/settings', 'Settings'],
};
const SEQUENCE_MS = 1_200;

export function useShortcuts({ onPalette }: { onPalette: () => void }): void {
  const navigate = useNavigate();
  const open = useRef(onPalette);
  open.current = onPalette;
  useEffect(() => {
    let goAt = 0;
    const listen = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open.current();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const going = performance.now() - goAt < SEQUENCE_MS;
      goAt = 0;
      if (going && GO_KEYS[event.key]) void navigate({ to: GO_KEYS[event.key]![0] });
      else if (event.key === 'g') goAt = performance.now();
      else if (event.key === 'c') void navigate({ to: '/vps/new' });
      else if (event.key === '?') open.current();
      else if (event.key === '/') focusSearch(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [navigate]);
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
