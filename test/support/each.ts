/**
 * The same work for each, all of them to their end: what fails at one leaves nothing under way at the others, and is told with its name.
 * @throws the failure; an AggregateError of several
 */
export async function forEach<T>(all: readonly T[], nameOf: (one: T) => string, work: (one: T) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(all.map(work));
  const failed = ends.flatMap((end, place) => {
    if (end.status === 'fulfilled') return [];
    const error = end.reason as Error;
    error.message = `${nameOf(all[place]!)}: ${error.message}`;
    return [error];
  });
  if (failed.length === 1) throw failed[0]!;
  if (failed.length > 1) throw new AggregateError(failed, failed.map(({ message }) => message).join('\n'));
}
