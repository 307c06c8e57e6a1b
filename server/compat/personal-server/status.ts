/** How far a user's server is, in the older system's five words; its credentials once. */
import type { z } from 'zod';
import type { OwnStatus } from '../../../contract/compat/personal-server.ts';
import type { InstanceSummary } from '../../../providers/provider.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { serverByMark } from '../../vps/by-mark.ts';
import { revealPassword } from '../../vps/password/reveal.ts';
import { setupOf } from '../../vps/setup/store.ts';
import { type VpsWithAccount, vpsById } from '../../vps/store.ts';
import { livingVpsByReference } from '../vps-store.ts';
import { ownerOf } from './owner.ts';

type Wire = z.input<typeof OwnStatus>;
const LOOK_EVERY_MS = 5_000;
const LOOK_MS = 10_000;

export async function statusOwn(services: Services, principal: Principal): Promise<Wire> {
  const owner = await ownerOf(services, principal);
  const id = await livingVpsByReference(services.db, owner.principal.organizationId, owner.reference);
  const vps = id === null ? null : await vpsById(services.db, owner.principal.organizationId, id);
  if (!vps) throw new Refusal(404, 'not_found', 'No VPS');
  const status = statusOf(vps);
  const seen =
    status === 'ready' || status === 'error' || (vps.instanceId !== null && vps.ipv4 !== null) ? undefined : await look(services, vps);
  const credentials = vps.status === 'active' ? await credentialsOnce(services, owner.principal, vps) : undefined;
  const machine = vps.instanceId ?? seen?.id ?? null;
  const message = messageOf(vps);
  return {
    success: true,
    status,
    hostname: vps.hostname,
    ip_address: vps.ipv4 ?? seen?.ipv4 ?? null,
    url: `https://${vps.hostname}`,
    hostinger_vm_id: numberIn(machine),
    hostinger_order_id: numberIn((vps.outputs as { purchaseId?: string } | null)?.purchaseId ?? null),
    plan_id: vps.plan,
    data_center_id: numberIn(vps.region),
    ...(message === undefined ? {} : { message }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

const numberIn = (text: string | null): number | null => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null);

function statusOf({ status, instanceId, unfinished }: VpsWithAccount): Wire['status'] {
  // One that is ending is of use until it does.
  if (status === 'active' || status === 'ending') return 'ready';
  if (status !== 'provisioning') return 'error';
  if (instanceId !== null) return 'configuring';
  return unfinished?.status === 'running' ? 'provisioning' : 'pending';
}

function messageOf({ status, unfinished, endsAt }: VpsWithAccount): string | undefined {
  if (status === 'ending') return endsAt === null ? 'It is ending.' : `It ends on ${endsAt.toISOString().slice(0, 10)}.`;
  if (status === 'active' || status === 'provisioning')
    return unfinished?.status === 'waiting_for_person' ? 'A person has to look at it.' : undefined;
  return status === 'error' ? 'It could not be set up; its operation says why.' : `It is ${status}.`;
}

const looks = new WeakMap<object, Map<string, { at: number; found: Promise<InstanceSummary | undefined> }>>();

/** At the provider, at most every five seconds for each server. What cannot be read now is not known yet. */
async function look(services: Services, vps: VpsWithAccount): Promise<InstanceSummary | undefined> {
  const known = looks.get(services.hooks) ?? new Map<string, { at: number; found: Promise<InstanceSummary | undefined> }>();
  looks.set(services.hooks, known);
  const now = performance.now();
  for (const [id, { at }] of known) if (now - at > LOOK_EVERY_MS) known.delete(id);
  const asked = known.get(vps.id) ?? { at: now, found: serverByMark(services, vps, AbortSignal.timeout(LOOK_MS)).catch(() => undefined) };
  known.set(vps.id, asked);
  return await asked.found;
}

/** Of the first that asks; everybody else gets none. */
async function credentialsOnce(services: Services, principal: Principal, vps: VpsWithAccount): Promise<Wire['credentials']> {
  if (vps.revealCount > 0 || vps.rootPassword === null) return undefined;
  const setup = await setupOf(services.db, vps.id);
  const username = (setup?.values as { APP_USER?: string } | undefined)?.APP_USER;
  try {
    const shown = await revealPassword(services, principal, vps.id, 'handed out by GET /api/vps/status', false);
    return { username: username ?? shown.username, password: shown.password, shown_once: true };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'already_revealed') return undefined;
    throw error;
  }
}
