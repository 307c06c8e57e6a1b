import { useSyncExternalStore } from 'react';

/** Whether the window is at least `px` wide, kept up to date. */
export function useWiderThan(px: number): boolean {
  const query = `(min-width: ${px}px)`;
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

/** The window's width, kept up to date in steps of `stepPx` (rounded down). */
export function useWindowWidth(stepPx: number): number {
  return useSyncExternalStore(
    (changed) => {
      addEventListener('resize', changed);
      return () => removeEventListener('resize', changed);
    },
    () => Math.floor(innerWidth / stepPx) * stepPx,
  );
}
