import { Icon } from '../../kit/ui/icon.tsx';

export const PERSON_BUTTON = 'flex h-10 min-w-0 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-raised hover:text-ink';

/** In the button of the person's menu. */
export function PersonName({ name }: { name: string }) {
  return (
    <>
      <Icon name="user" />
      <span className="max-w-36 truncate">{name}</span>
      <Icon name="chevron" className="size-3.5" />
    </>
  );
}
