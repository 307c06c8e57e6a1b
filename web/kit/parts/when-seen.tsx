import { type ReactNode, useEffect, useRef, useState } from 'react';

/** So much of its place is in the window before it counts as seen: what only looks over the edge is not. */
const MARGIN_PX = 100;

/** What is below the window is neither loaded nor asked for until somebody comes to it; then it stays. */
export function WhenSeen({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current || seen) return undefined;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), { rootMargin: `0px 0px -${MARGIN_PX}px` });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [seen]);
  return (
    <div ref={place} className={seen ? undefined : 'min-h-96'}>
      {seen && children}
    </div>
  );
}
