/**
 * Stands in for `react-remove-scroll`, which Radix uses to hold the page still behind a dialog: the same, without the
 * <style> elements that the Content-Security-Policy refuses.
 */
import { type ReactNode, useEffect } from 'react';

let holders = 0;

export function RemoveScroll({ children, enabled = true }: { children: ReactNode; enabled?: boolean; as?: unknown }) {
  useEffect(() => {
    if (!enabled) return undefined;
    holders += 1;
    document.documentElement.classList.add('overflow-hidden');
    return () => {
      holders -= 1;
      if (holders === 0) document.documentElement.classList.remove('overflow-hidden');
    };
  }, [enabled]);
  return children;
}
