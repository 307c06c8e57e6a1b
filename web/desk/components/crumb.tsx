import { Link } from '@tanstack/react-router';
import { useSession } from '../../kit/lib/use-session.ts';
import { mayOpen } from '../lib/abilities.ts';
import { PAGES } from '../lib/pages.ts';

/** The list that a page is of, as the way back; only its name for who may not open it. */
export function Crumb({ to }: { to: string }) {
  const session = useSession();
  const label = PAGES.find((page) => page.to === to)!.label;
  return mayOpen(session, to) ? (
    <Link to={to} className="underline-offset-2 hover:text-ink hover:underline">
      {label}
    </Link>
  ) : (
    <span>{label}</span>
  );
}
