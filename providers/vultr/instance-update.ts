/** Changes in place and removal of an instance. Vultr upgrades plans; it never shrinks one. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { identityOf } from '../identity.ts';
import type { Json, Properties } from '../resource.ts';
import { waitFor } from '../wait.ts';
import { instancePath, orNull } from './client.ts';
import { VULTR } from './errors.ts';
import {
  CREATE_MS,
  UNFINISHED_TAG,
  identityTagOf,
  isListed,
  outputsOf,
  problem,
  readyWhen,
  stringList,
  waitReady,
  whileBusy,
  type Context,
} from './instance-state.ts';

const DELETE_MS = 20 * 60_000;
const CONFIRM_MS = 2_000;

interface Change {
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly inputs: Properties;
}

export async function updateInstance(ctx: Context, id: string, change: Change): Promise<Properties> {
  const { oldInputs, oldOutputs, inputs } = change;
  const changed = (key: string): boolean => !isDeepStrictEqual(oldInputs[key] ?? null, inputs[key] ?? null);
  const osId = oldOutputs['osId'];
  const windows = typeof osId === 'number' && (await ctx.client.isWindows(osId, { signal: ctx.signal }));
  const password = typeof oldOutputs['defaultPassword'] === 'string' ? oldOutputs['defaultPassword'] : '';
  // An earlier create may have left the server unfinished; changes go to a server that has settled.
  const first = !wasFinished(oldOutputs);
  const settled = { ...readyWhen({}, windows, first), publicIpv4: false };
  const before = await waitReady(ctx, id, identityTagOf(ctx.urn, oldInputs), settled, CREATE_MS);

  const body: Record<string, unknown> = {};
  if (inputs['plan'] !== undefined && inputs['plan'] !== before.plan) {
    await requireUpgrade(ctx, id, before, String(inputs['plan']));
    body['plan'] = inputs['plan'];
  }
  if (changed('label')) body['label'] = inputs['label'] ?? '';
  if (changed('firewallGroupId')) body['firewall_group_id'] = inputs['firewallGroupId'] ?? '';
  if (changed('enableIpv6')) body['enable_ipv6'] = inputs['enableIpv6'] === true;
  if (changed('ddosProtection')) body['ddos_protection'] = inputs['ddosProtection'] === true;
  if (changed('backups')) body['backups'] = inputs['backups'] ?? 'disabled';
  if (changed('tags') || (password !== '' && before.tags.includes(UNFINISHED_TAG))) body['tags'] = wantedTags(ctx.urn, inputs);
  if (changed('vpcIds')) {
    const [old, wanted] = [stringList(oldInputs['vpcIds']), stringList(inputs['vpcIds'])];
    body['attach_vpc'] = wanted.filter((vpc) => !old.includes(vpc));
    body['detach_vpc'] = old.filter((vpc) => !wanted.includes(vpc));
  }
  if (Object.keys(body).length > 0) await whileBusy(ctx, id, CREATE_MS, () => ctx.client.patchInstance(id, body, { signal: ctx.signal }));
  if (changed('isoId')) await changeIso(ctx, id, inputs['isoId']);
  if (changed('backupsSchedule')) await setBackupSchedule(ctx, id, inputs);

  if (body['plan'] !== undefined) await waitForPlan(ctx, id, String(body['plan']));
  const ready = await waitReady(ctx, id, identityTagOf(ctx.urn, inputs), readyWhen(inputs, windows, first), CREATE_MS);
  return outputsOf(ready, inputs, password);
}

/** Whether a create or update saw the server ready: an unfinished create recorded its first, pending answer. */
function wasFinished(outputs: Properties): boolean {
  return outputs['status'] === 'active' && outputs['serverStatus'] !== 'none' && outputs['serverStatus'] !== 'locked';
}

/** Tags for the call: the program's, and our own identity where the program has none. */
function wantedTags(urn: string, inputs: Properties): string[] {
  const tags = stringList(inputs['tags']);
  const identity = identityOf(urn, tags);
  return identity.added ? [identity.tag, ...tags] : tags;
}

/** Rejects with `invalid` and the plans that would do. Source: "Upgrade the instance with this Plan id" (PATCH), GET upgrades. */
async function requireUpgrade(ctx: Context, id: string, instance: { plan: string; disk: number }, wanted: string): Promise<void> {
  const request = { method: 'GET', path: `${instancePath(id)}/upgrades`, query: { type: 'plans' }, signal: ctx.signal } as const;
  const upgrades = await ctx.client.one(request, 'upgrades', z.object({ plans: z.array(z.string()).nullish() }));
  const plans = upgrades.plans ?? [];
  if (plans.includes(wanted)) return;
  const offer = plans.length > 0 ? `Possible: ${plans.slice(0, 8).join(', ')}.` : 'Vultr offers no upgrade for it now.';
  throw problem(
    'invalid',
    `Vultr only upgrades plans: ${wanted} is not an upgrade of ${instance.plan} for instance ${id}, whose disk of ${instance.disk} GB can never shrink. ` +
      `${offer} For a smaller plan, order a new server and move.`,
  );
}

async function waitForPlan(ctx: Context, id: string, plan: string): Promise<void> {
  await waitFor({
    provider: VULTR,
    what: `instance ${id} to have plan ${plan}`,
    key: 'vultr/upgrade',
    signal: ctx.signal,
    deadlineMs: CREATE_MS,
    probe: async () => ((await ctx.client.findInstance(id, { signal: ctx.signal }))?.plan === plan ? true : undefined),
  });
}

async function changeIso(ctx: Context, id: string, isoId: Json | undefined): Promise<void> {
  const path = `${instancePath(id)}/iso/${isoId ? 'attach' : 'detach'}`;
  const body = isoId ? { iso_id: isoId } : undefined;
  await whileBusy(ctx, id, CREATE_MS, () => ctx.client.send({ method: 'POST', path, body, repeatable: true, signal: ctx.signal }));
}

/** Sets the schedule when backups are on and one is given. */
export async function setBackupSchedule(ctx: Context, id: string, inputs: Properties): Promise<void> {
  const schedule = inputs['backupsSchedule'];
  if (inputs['backups'] !== 'enabled' || typeof schedule !== 'object' || schedule === null || Array.isArray(schedule)) return;
  const body = Object.fromEntries(Object.entries(schedule).filter(([, value]) => value !== null));
  const request = { method: 'POST', path: `${instancePath(id)}/backup-schedule`, body, repeatable: true, signal: ctx.signal } as const;
  await whileBusy(ctx, id, CREATE_MS, () => ctx.client.send(request));
}

/**
 * Returns when neither the item nor the tag's listing shows the instance. A new instance answers 404 to
 * its DELETE as well, so a 404 alone is no proof; a DELETE is repeated until both agree.
 */
export async function deleteInstance(ctx: Context, id: string, outputs: Properties): Promise<void> {
  const tag = identityTagOf(ctx.urn, outputs);
  const doubtUntil = doubtUntilMs(outputs, ctx.client.timing.consistencyMs);
  let accepted = false;
  await waitFor({
    provider: VULTR,
    what: `instance ${id} to be gone`,
    key: 'vultr/delete',
    signal: ctx.signal,
    deadlineMs: DELETE_MS,
    probe: async () => {
      if (!accepted) {
        const path = instancePath(id);
        const request = { method: 'DELETE', path, repeatable: true, signal: ctx.signal } as const;
        const removed = await whileBusy(ctx, id, DELETE_MS, () => orNull(ctx.client.send(request).then(() => true)));
        accepted = removed === true;
      }
      if ((await ctx.client.findInstance(id, { signal: ctx.signal })) !== null) return undefined;
      if (await isListed(ctx, id, tag)) {
        accepted = false;
        return undefined;
      }
      return accepted || Date.now() >= doubtUntil ? true : undefined;
    },
  });
}

/** Until when a 404 may still be the invisibility of a new instance. One that was seen ready is past that: only a moment's doubt is left. */
export function doubtUntilMs(outputs: Properties | undefined, consistencyMs: number): number {
  const now = Date.now();
  if (outputs === undefined || wasFinished(outputs)) return now + Math.min(CONFIRM_MS, consistencyMs);
  const created = typeof outputs['dateCreated'] === 'string' ? Date.parse(outputs['dateCreated']) : Number.NaN;
  return Number.isFinite(created) ? Math.min(created, now) + consistencyMs : now + consistencyMs;
}
