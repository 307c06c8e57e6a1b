import { Link } from '../link.tsx';

interface PartsNavProps<Part extends string> {
  label: string;
  parts: readonly Part[];
  open: Part;
  nameOf: (part: Part) => string;
  to: string;
  /** That of the address without a part; each has one where this is left out. */
  plain?: Part;
}

/** The parts of a page, each with its own address. */
export function PartsNav<Part extends string>({ label, parts, open, nameOf, to, plain }: PartsNavProps<Part>) {
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
      {parts.map((part) => (
        <Link
          key={part}
          to={to}
          search={part === plain ? {} : { part }}
          activeOptions={{ exact: false }}
          {...(part === open ? { 'aria-current': 'page' } : {})}
          className={`-mb-px flex min-h-11 items-center border-b-2 px-3 whitespace-nowrap ${part === open ? 'border-accent font-medium text-accent' : 'border-transparent text-ink-2 hover:text-ink'}`}
        >
          {nameOf(part)}
        </Link>
      ))}
    </nav>
  );
}
