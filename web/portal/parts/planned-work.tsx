/** Work on a customer's servers that was announced, or is going on. */
import { useQuery } from '@tanstack/react-query';
import { supportWords } from '../../features/support/words/support.ts';
import { momentOf } from '../../kit/lib/format.ts';
import { plannedQuery } from '../queries.ts';
import { Banner } from './page.tsx';

/** `vpsId`: only what concerns that one. */
export function PlannedWork({ vpsId }: { vpsId?: string }) {
  const t = supportWords.use();
  const planned = useQuery(plannedQuery).data ?? [];
  return planned
    .filter(
      ({ status, servers }) =>
        (status === 'planned' || status === 'under-way') && (vpsId === undefined || servers.some((each) => each.vps_id === vpsId)),
    )
    .map(({ id, status, title, text, starts_at: from, ends_at: until, servers }) => (
      <Banner key={id} tone="warn">
        <p className="font-medium">
          {t(status === 'planned' ? 'planned' : 'underWay', {
            title,
            from: momentOf(new Date(from)),
            until: momentOf(new Date(until)),
            servers: servers.map(({ label }) => label).join(', '),
          })}
        </p>
        <p className="whitespace-pre-wrap">{text}</p>
      </Banner>
    ));
}
