/** What an update by hand must pass before its first step. The order is that of what a person can do about it. */
import { openPassword } from '../../vps/password/life.ts';
import { timingSafeEqual } from 'node:crypto';
import { PROJECT, VpsSpec } from '../../../stacks/spec.ts';
import { Refusal } from '../../kernel/problem.ts';
import { decryptSecret, markOf } from '../keys.ts';
import { specInConfig } from '../sealed-config.ts';
import { serverOf } from '../../vps/server-of.ts';
import type { StackRow, UpdateRow } from '../rows.ts';
import { lastConfigWith, unfold } from './store.ts';
import type { Db } from '../../kernel/database.ts';
import { unfinishedOperations } from '../../vps/operations/store.ts';
import type { VpsWithAccount } from '../../vps/store.ts';
import { mustCompute, providerOf } from '../../accounts/accounts.ts';
import { whyHeld } from '../../kernel/kill-switches/kill-switches.ts';
import { handSpec } from '../hand-run/spec.ts';
import { capabilityOf } from '../../vps/changes/capabilities.ts';
import { byHand, type HandKind, type Standing } from '../../vps/changes/standing.ts';
import { situationFrom, standingOf } from '../../vps/changes/guard.ts';
import type { Principal } from '../../kernel/services.ts';
import { accountsOf } from '../pull.ts';
import { wholeSpec } from '../../vps/user-data.ts';
import { buildableSpec } from '../../vps/create/plan.ts';
import type { DoorContext } from './context.ts';
import { changedSince, differing, PULLED_KEY, pulledIn } from './pulled.ts';

/** A provider that is slow to answer holds nobody up: the steps themselves are guarded too. */
const LOOK_MS = 10_000;
const PASSWORD_KEY = `${PROJECT}:rootPassword`;

interface ByHand {
  readonly context: DoorContext;
  readonly stack: StackRow;
  readonly update: UpdateRow;
  readonly vps: VpsWithAccount;
  readonly principal: Principal;
}

/** The sentence that refuses the start, or null. */
export async function startRefusal(run: ByHand): Promise<string | null> {
  const { context, update, vps, principal } = run;
  const kind = handKind(update.kind);
  return (
    (await statusRefusal(context.services.db, principal, vps, kind)) ??
    providerRefusal(run, kind) ??
    configRefusal(run) ??
    (kind === 'update' ? await specRefusal(run) : null) ??
    (await stateRefusal(run, kind))
  );
}

/** Where making or ending a server buys for a term, or waits for a person, only an operation does it. */
function providerRefusal({ context, vps }: ByHand, kind: HandKind): string | null {
  if (!(kind === 'destroy' || (kind === 'update' && vps.instanceId === null))) return null;
  const { name, byHand: may = { can: true } } = providerOf(context.services, vps.account).descriptor;
  if (may.can) return null;
  return `The VPS "${vps.label}" is at ${name}, where no ${kind} of it runs by hand. ${may.reason}`;
}

/** What only the database tells; asked again under the VPS's lock when the lease is taken. */
export async function statusRefusal(db: Db, principal: Principal, vps: VpsWithAccount, kind: HandKind): Promise<string | null> {
  const unfinished = await unfinishedOperations(db, vps.id);
  const refused = byHand(standingOf(principal, vps, unfinished), kind);
  if (refused?.code === 'delete_protected')
    return `Delete protection of the VPS "${vps.label}" is on. Switch it off first: plinth vps protect ${vps.id} --off`;
  if (refused) return `The VPS "${vps.label}" takes no ${kind} by hand. ${refused.reason}`;
  const held = await whyHeld(db, { destructive: kind === 'destroy', attempt: 0, actor: principal.name }, vps.accountId);
  if (held !== null) return `The VPS "${vps.label}" takes no ${kind} by hand. ${held}`;
  if (kind === 'destroy' && vps.finalSnapshot)
    return `A snapshot of the VPS "${vps.label}" shall be made and kept before its end, which only Plinth does: plinth vps destroy ${vps.id}`;
  const [busy] = unfinished;
  if (!busy) return null;
  return `Plinth itself is working on this VPS: ${busy.kind} by ${busy.actor} since ${(busy.startedAt ?? busy.createdAt).toISOString()}. Wait for operation ${busy.id}, or cancel it.`;
}

export function handKind(kind: string): HandKind {
  return kind === 'update' || kind === 'refresh' || kind === 'destroy' ? kind : 'import';
}

/** Keys of the config that lead to another account, or to a new server. */
function configRefusal({ context, update, vps }: ByHand): string | null {
  const given = Object.entries(update.config).filter(([key]) => key.endsWith(':plinthAccount'));
  const replace = update.config[`${PROJECT}:replaceInstance`] as { string?: unknown } | undefined;
  if (replace !== undefined && replace.string !== 'false')
    return `${PROJECT}:replaceInstance would replace the server. Only an ordered reinstall may: plinth vps reinstall ${vps.id}`;
  if (given.length === 0) return null;
  return refusalOf(() => {
    const own = accountsOf(context.services, VpsSpec.parse(vps.spec));
    const other = given.find(([key, value]) => own[key] !== (value as { string?: unknown }).string);
    if (other) throw new Refusal(409, 'other_account', `${other[0]} names another account than the VPS's. ${pullAgain(vps)}`);
  });
}

async function specRefusal(run: ByHand): Promise<string | null> {
  const { context, stack, update, vps, principal } = run;
  const key = context.keys.unwrap(stack.dataKey, stack.id);
  const decrypt = (ciphertext: string): string | undefined => opened(key, stack.id, ciphertext);
  const { spec, refused } = handSpec(vps, update.config, decrypt);
  const given = spec ?? handSpec(vps, update.config, decrypt, false).spec;
  if (!given) return refused;
  const now = wholeSpec(context.services.secrets, vps);
  const { text, mark } = pulledIn(update.config);
  const last = text === null ? null : await lastConfigWith(context.tables, stack.id, PULLED_KEY, text);
  const applied = last === null ? null : VpsSpec.safeParse(specInConfig(last, decrypt));
  const since = changedSince(now, given, mark, applied?.success ? applied.data : null, (value) => markOf(key, value));
  if (since.length > 0) return staleFile(vps, since, mark?.at ?? null);
  if (refused) return refused;
  const password = passwordRefusal(run, key);
  if (password) return password;
  const changed = differing(now, given);
  if (changed.length === 0) return null;
  const situation = situationFrom(context.services, principal, vps, []);
  for (const field of changed) {
    const { allowed, reason } = capabilityOf(situation, isSold(situation, field) ? 'resize' : 'configure');
    if (!allowed) return `${PROJECT}:spec changes ${field}, which the VPS "${vps.label}" does not take now. ${reason}`;
  }
  return refusalOf(() => buildableSpec(given, providerOf(context.services, vps.account).descriptor));
}

/** What a subscription says of a VPS: as its plan. */
function isSold({ sold }: Pick<Standing, 'sold'>, field: string): boolean {
  return field === 'compute.plan' || (sold !== null && field === 'compute.backups');
}

/** What a check of the API says against it, or null. */
function refusalOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function staleFile(vps: VpsWithAccount, fields: readonly string[], at: number | null): string {
  const named = fields.join(', ');
  const since =
    at === null
      ? `This file says nothing of when it was pulled, and it is not as the VPS "${vps.label}" is now: it differs in ${named}.`
      : `The VPS "${vps.label}" was changed in Plinth since this file was pulled at ${new Date(at).toISOString()}: ${named}. This update would undo that.`;
  return `${since} ${pullAgain(vps)}`;
}

function pullAgain({ id }: VpsWithAccount): string {
  return `Write the config anew with plinth stack pull ${id}, then make your change again.`;
}

/** The one in the file must be the one that is set on the server: the record follows the file, the server would not. */
function passwordRefusal({ context, stack, update, vps }: ByHand, key: Buffer): string | null {
  const given = update.config[PASSWORD_KEY] as { string?: string; secret?: boolean } | undefined;
  const now = openPassword(context.services.secrets, 'requestedPassword', vps) ?? undefined;
  if (given === undefined && now === undefined) return null;
  const text = given?.secret ? opened(key, stack.id, given.string ?? '') : given?.string;
  if (text !== undefined && now !== undefined && equal(text, now)) return null;
  return `${PASSWORD_KEY} is not the password that the VPS "${vps.label}" has now: it was set anew in Plinth since the file was pulled, or changed here. ${pullAgain(vps)} To set another: plinth vps reset-password ${vps.id}`;
}

export function opened(key: Buffer, stackId: string, ciphertext: string): string | undefined {
  try {
    return decryptSecret(key, stackId, Buffer.from(ciphertext, 'base64')).toString('utf8');
  } catch {
    return undefined;
  }
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function stateRefusal({ context, stack, vps }: ByHand, kind: HandKind): Promise<string | null> {
  const state = (await unfold(context.tables, stack.id, []))?.next;
  const resources = state?.deployment.resources ?? [];
  if (kind === 'destroy') {
    const guarded = resources.find((resource) => resource['protect'] === true);
    if (!guarded) return null;
    return `The server of the VPS "${vps.label}" is protected in its stack, so a destroy would take the rest away and stop there. Nothing was deleted. Take the protection off first (pulumi state unprotect --all), or let Plinth do it: plinth vps destroy ${vps.id}`;
  }
  if (kind === 'import') return null;
  const recorded = state ? serverOf(state.deployment) : null;
  if (vps.instanceId !== null && recorded?.id !== vps.instanceId) {
    const has = recorded ? `server ${recorded.id}` : 'no server';
    return `The stack records ${has}, but the VPS "${vps.label}" has server ${vps.instanceId}. Go back to a version that has it: POST /api/vps/${vps.id}/stack/rollback, or plinth vps refresh ${vps.id}`;
  }
  return recorded && (await isGone(context, vps, recorded.id)) ? goneAtProvider(vps, recorded.id) : null;
}

async function isGone({ services }: DoorContext, vps: VpsWithAccount, id: string): Promise<boolean> {
  try {
    return (await mustCompute(services, vps.account).getInstance(id, { signal: AbortSignal.timeout(LOOK_MS) })) === null;
  } catch (error) {
    services.log.info({ err: error, vps: vps.id }, 'the provider could not be asked before an update by hand');
    return false;
  }
}

function goneAtProvider({ label, id }: VpsWithAccount, server: string): string {
  return `The provider has no server ${server} of the VPS "${label}" any more: this would forget it, or make a new, empty one. Decide on its drift, which the next drift sweep tells: repair it for a new server, accept its loss, or terminate the VPS: plinth vps destroy ${id}`;
}
