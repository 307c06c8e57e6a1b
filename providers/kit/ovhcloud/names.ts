/** Names are all that an instance or VPS carries at OVH: the mark stands first in them, and what it is called follows. */
const MARK = /^plinth-(?:vps-[a-z0-9]+-g\d+|urn-[a-z0-9]{24}|restart)$/;
const HIDDEN = /^plinth-(?:urn-[a-z0-9]{24}|restart)$/;

/** All marks in a name. */
export function marksOf(name: string): string[] {
  return name.split('.').filter((piece) => MARK.test(piece));
}

/** Those that no program wrote. */
export function hiddenOf(name: string): string[] {
  return name.split('.').filter((piece) => HIDDEN.test(piece));
}

/** A name as a program wrote it. */
export function shownName(name: string): string {
  return without(name, HIDDEN);
}

/** A name with exactly these marks; tags that are none have no place in it. */
export function named(name: string, tags: readonly string[]): string {
  return [...tags.filter((tag) => MARK.test(tag)), without(name, MARK)].filter((piece) => piece !== '').join('.');
}

function without(name: string, pattern: RegExp): string {
  return name
    .split('.')
    .filter((piece) => !pattern.test(piece))
    .join('.');
}

/** Image names are for people; this is how an order names one: `Debian 12` is `debian-12` in every region. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
