/** What happens to a VPS, told to the people of its organization: in their list and by mail, as each wants it. */
import type { NotificationKind } from '../../contract/notification.ts';
import type { Db } from '../kernel/database.ts';
import type { PlacedEvent } from '../kernel/events/event-store.ts';
import { type Processor, processor } from '../kernel/events/processor.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Services } from '../kernel/services.ts';
import { sheetOf } from '../vps/operations/sheets.ts';
import { hearersOf, vpsTold, WHO_RUNS } from './store.ts';
import { tellEach } from './tell.ts';

const KINDS = ['vps.created', 'operation.succeeded', 'operation.failed', 'vps.changed'] as const;
type Told = PlacedEvent<(typeof KINDS)[number]>;

/** Ends of operations that are worth a word, by the operation's kind. */
const DONE: Readonly<Record<string, NotificationKind>> = { provision: 'vps-ready', suspend: 'vps-suspended', destroy: 'vps-ended' };

export function vpsTeller(services: Pick<Services, 'config' | 'mail'>): Processor {
  return processor({ name: 'notifications.vps', kinds: KINDS, run: (event, tx) => tell(services, event as Told, tx) });
}

async function tell({ config, mail }: Pick<Services, 'config' | 'mail'>, event: Told, tx: Db): Promise<void> {
  const { vps_id: vpsId } = event.data;
  const vps = await vpsTold(tx, vpsId);
  if (!vps?.organizationId) return;
  // One that was there before is not made now.
  const found = event.kind === 'vps.created' && vps.importing !== null ? null : kindOf(event, vps.terminateDueAt);
  if (!found) return;
  const { kind, cause } = found;
  const data = {
    label: vps.label,
    address: vps.ipv4 ?? vps.ipv6 ?? '',
    at: vps.terminateDueAt?.toISOString() ?? '',
    change: 'operation' in event.data ? event.data.operation : '',
    proof: 'operation_id' in event.data ? `read at the provider, ${event.at}, operation ${event.data.operation_id}` : '',
    link: `${publicAddress(config)}/vps/${vpsId}`,
  };
  const { organizationId } = vps;
  const subjects = { vps_id: vpsId, label: vps.label, address: data.address };
  await tellEach(mail, tx, await hearersOf(tx, organizationId, WHO_RUNS), { kind, cause, organizationId, subjects, data: () => data });
}

/** What only looks, or what a person does by hand and watches, is nobody else's worry when it fails. */
function isSilent(operation: string): boolean {
  const { looks, harmless, byHand, unasked } = sheetOf(operation).traits;
  return looks === true || harmless === true || byHand === true || unasked === true;
}

function kindOf(event: Told, endsAt: Date | null): { kind: NotificationKind; cause: string } | null {
  // Changed for any reason; the same end is told once.
  if (event.kind === 'vps.changed') return endsAt && { kind: 'vps-ends-soon', cause: `ends:${event.data.vps_id}:${endsAt.toISOString()}` };
  if (event.kind === 'vps.created') return { kind: 'vps-provisioning', cause: `created:${event.data.vps_id}` };
  const { operation, operation_id: id } = event.data;
  if (event.kind === 'operation.failed') return isSilent(operation) ? null : { kind: 'vps-failed', cause: `failed:${id}` };
  const kind = DONE[operation];
  return kind === undefined ? null : { kind, cause: `done:${id}` };
}
