import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { vpsTagsQuery } from '../../kit/api/queries.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Menu, MenuCheck, MenuLabel } from '../../kit/ui/menu.tsx';
import { count } from '../../kit/lib/format.ts';

/** The filter by tags: those that are shown have each of them. @param chosen as the address has them, separated by commas */
export function TagsMenu({ chosen, onChange }: { chosen: string | undefined; onChange: (tags: string | undefined) => void }) {
  const used = useQuery(vpsTagsQuery);
  const now = chosen?.split(',') ?? [];
  const counts = new Map(used.data?.tags.map(({ tag, count: n }) => [tag, n]));
  // What is chosen stays, though nothing has it any more.
  const all = [...new Set([...counts.keys(), ...now])].toSorted();
  const toggle = (tag: string, on: boolean): void => onChange((on ? [...now, tag] : now.filter((each) => each !== tag)).join(','));
  return (
    <Menu
      trigger={
        <Button icon="filter">
          <span className="max-w-48 truncate">{now.length === 0 ? 'Tags: all' : `Tags: ${now.join(', ')}`}</span>
        </Button>
      }
    >
      {used.error && <MenuLabel>The tags could not be read.</MenuLabel>}
      {used.data && all.length === 0 && <MenuLabel>No VPS has a tag. A VPS’s own menu gives it some.</MenuLabel>}
      {all.map((tag) => (
        <MenuCheck key={tag} checked={now.includes(tag)} onChange={(on) => toggle(tag, on)}>
          {tag} <span className="ml-auto pl-4 text-ink-2">{count(counts.get(tag) ?? 0)}</span>
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** The tags of one VPS; each leads to all that have it. */
export function TagLinks({ tags }: { tags: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-x-2 gap-y-1">
      {tags.map((tag) => (
        <Link key={tag} to="/vps" search={{ tags: tag }} className="text-accent underline underline-offset-2">
          {tag}
        </Link>
      ))}
    </span>
  );
}
