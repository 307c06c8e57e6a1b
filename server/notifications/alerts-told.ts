/** What staff must look at, told to those whose permission says that it is theirs: in their list and by mail. */
import { type AlertKind, ALERTS } from '../../contract/alerts.ts';
import { GRANTS, STAFF_ROLES } from '../../contract/permissions.ts';
import type { Db } from '../kernel/database.ts';
import type { PlacedEvent } from '../kernel/events/event-store.ts';
import { type Processor, processor } from '../kernel/events/processor.ts';
import { alertById } from '../kernel/kill-switches/store.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Services } from '../kernel/services.ts';
import { staffWith } from './store.ts';
import { tellEach } from './tell.ts';

const KINDS = ['alert.raised'] as const;
type Told = PlacedEvent<(typeof KINDS)[number]>;

export function alertTeller(services: Pick<Services, 'config' | 'mail'>): Processor {
  return processor({ name: 'notifications.alerts', kinds: KINDS, run: (event, tx) => tell(services, event as Told, tx) });
}

async function tell({ config, mail }: Pick<Services, 'config' | 'mail'>, event: Told, tx: Db): Promise<void> {
  const alert = await alertById(tx, event.data.alert_id);
  // Whoever could still do something about it sees it open.
  if (!alert || alert.resolvedAt !== null) return;
  const kind = alert.kind as AlertKind;
  const { tells, remedy } = ALERTS[kind];
  const roles = STAFF_ROLES.filter((role) => GRANTS.staff[role].has(tells));
  const data = {
    alert: kind,
    message: alert.message,
    remedy,
    runbook: `docs/runbooks.md, ${kind}`,
    link: `${publicAddress(config)}/`,
  };
  await tellEach(mail, tx, await staffWith(tx, roles), {
    kind: 'alert',
    cause: `alert:${alert.id}`,
    organizationId: null,
    subjects: { alert_id: alert.id, alert: kind, message: alert.message },
    data: () => data,
  });
}
