/** That the new server begins as a copy of a snapshot, in place of an operating system. */
import { useQuery } from '@tanstack/react-query';
import { snapshotsQuery } from '../../kit/api/panel-queries.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { orderWords } from '../words/order.ts';

interface Props {
  /** That the snapshot was made of. */
  server: string;
  snapshot: string;
  error: unknown;
  onDrop: () => void;
}

export function FromSnapshot({ server, snapshot, error, onDrop }: Props) {
  const t = orderWords.use();
  const list = useQuery({ ...snapshotsQuery(server), enabled: server !== '' }).data;
  const found = list?.snapshots.find(({ id }) => id === snapshot);
  const refused = fieldError(error, 'from_snapshot');
  return (
    <Card
      title={t('copy')}
      actions={
        <Button className="min-h-10" onClick={onDrop}>
          {t('copyDrop')}
        </Button>
      }
    >
      {found && <p className="font-medium break-words">{t('copyOf', { name: found.name, date: dayOf(new Date(found.created_at)) })}</p>}
      {found && found.min_disk_gb !== null && <p>{t('copyDisk', { gb: found.min_disk_gb })}</p>}
      <p className="text-ink-2">{t('copyLead')}</p>
      {refused && <p className="text-bad">{t('copyNotHere')}</p>}
    </Card>
  );
}
