import { Link } from '@tanstack/react-router';
import { rankOf, type StackResource } from '../lib/resources.ts';
import { resourceTypeName } from '../lib/words.ts';
import { Icon } from './ui/icon.tsx';
import { Time } from './ui/time.tsx';

const TITLES = ['First', 'Then the server', 'Then what points at it'] as const;

/** The stack from left to right in the order it is built; each column stands on the one before. */
export function StackGraph({ resources }: { resources: readonly StackResource[] }) {
  if (resources.length === 0) return <p className="text-ink-2">The stack is empty: nothing exists at the provider for this VPS.</p>;
  const ranks = ([0, 1, 2] as const)
    .map((rank) => resources.filter((resource) => rankOf(resource) === rank))
    .map((list, rank) => ({ list, rank }));
  return (
    <ol className="flex flex-col gap-2 md:flex-row md:items-stretch" aria-label="Resources in the order they are built">
      {ranks
        .filter(({ list }) => list.length > 0)
        .map(({ list, rank }, index) => (
          <li key={rank} className="flex min-w-0 flex-1 flex-col gap-2 md:flex-row md:items-center">
            {index > 0 && <Icon name="chevron" className="mx-auto text-ink-2 md:-rotate-90" />}
            <ul className="flex min-w-0 flex-1 flex-col gap-2" aria-label={TITLES[rank]}>
              {list.map((resource) => (
                <li key={`${resource.type} ${resource.name}`} className="rounded-md border border-line bg-canvas px-3 py-2">
                  <p className="font-medium">{resourceTypeName(resource.type)}</p>
                  <p className="truncate font-mono text-xs text-ink-2" title={resource.type}>
                    {resource.name}
                  </p>
                  <p className="text-xs text-ink-2">
                    <Link to="/operations/$id" params={{ id: resource.by }} className="underline-offset-2 hover:underline">
                      changed
                    </Link>{' '}
                    <Time at={resource.at} />
                  </p>
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ol>
  );
}
