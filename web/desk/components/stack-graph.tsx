import { Link } from '@tanstack/react-router';
import { changeKey, type DrawnResource, type LastChange } from '../../features/vps/resources.ts';
import { resourceTypeName } from '../../kit/lib/words.ts';
import { Icon } from '../../kit/ui/icon.tsx';
import { Time } from '../../kit/ui/time.tsx';

const TITLES = ['First', 'Then the server', 'Then what stands on it'] as const;

interface Props {
  resources: readonly DrawnResource[];
  changes: ReadonlyMap<string, LastChange>;
}

/** The stack from left to right in the order it is built; each column stands on the one before. */
export function StackGraph({ resources, changes }: Props) {
  if (resources.length === 0) return <p className="text-ink-2">The stack is empty: nothing exists at the provider for this VPS.</p>;
  const ranks = ([0, 1, 2] as const).map((rank) => ({ list: resources.filter((resource) => resource.rank === rank), rank }));
  return (
    <ol className="flex flex-col gap-2 md:flex-row md:items-stretch" aria-label="Resources in the order they are built">
      {ranks
        .filter(({ list }) => list.length > 0)
        .map(({ list, rank }, index) => (
          <li key={rank} className="flex min-w-0 flex-1 flex-col gap-2 md:flex-row md:items-center">
            {index > 0 && <Icon name="chevron" className="mx-auto text-ink-2 md:-rotate-90" />}
            <ul className="flex min-w-0 flex-1 flex-col gap-2" aria-label={TITLES[rank]}>
              {list.map((resource) => (
                <Resource key={resource.urn} resource={resource} change={changes.get(changeKey(resource.type, resource.name))} />
              ))}
            </ul>
          </li>
        ))}
    </ol>
  );
}

function Resource({ resource, change }: { resource: DrawnResource; change: LastChange | undefined }) {
  return (
    <li className="rounded-md border border-line bg-canvas px-3 py-2">
      <p className="font-medium">
        {resourceTypeName(resource.type)}
        {resource.protect && (
          <span className="ml-2 text-xs font-normal text-ink-2" title="No update deletes or replaces it unless that was ordered.">
            protected
          </span>
        )}
      </p>
      <p className="truncate font-mono text-xs text-ink-2" title={resource.type}>
        {resource.name}
      </p>
      {resource.providerId !== null && (
        <p className="font-mono text-xs break-all text-ink-2">
          <span className="sr-only">Id at the provider: </span>
          {resource.providerId}
        </p>
      )}
      {change && (
        <p className="text-xs text-ink-2">
          <Link to="/operations/$id" params={{ id: change.operation }} className="underline-offset-2 hover:underline">
            changed
          </Link>{' '}
          <Time at={change.at} />
        </p>
      )}
    </li>
  );
}
