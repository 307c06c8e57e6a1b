/** Line icons, 24 × 24, drawn with the text's colour. Decorative: the words beside them carry the meaning. */
import { cn } from '../lib/cn.ts';
import { type IconName, ICONS } from './icons.ts';

export type { IconName };

export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={cn('size-4 shrink-0', className)}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
