/**
 * The way by which a person's engine reaches a provider: for one VPS, in the name of the one update of its stack that the
 * person's token runs, and for what that update has announced in its journal. So the guards of the state service, which
 * decide about each step before it is announced, hold here too, and an update that is over reaches nothing.
 */
import type { AskedCall, CallGuard, HostLease, ProviderHostPool } from '../../../automation/engine.ts';
import type { Provider } from '../../../providers/provider.ts';
import { PROJECT, stackName } from '../../../stacks/spec.ts';
import { principalOfToken } from '../../identity/tokens/authenticate.ts';
import { can, mustCan } from '../../kernel/can.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Deployment, ResourceState } from '../../kernel/deployment.ts';
import { isServer } from '../../vps/server-of.ts';
import { accountById } from '../../accounts/store.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Account, inTransaction, type Json } from '../../kernel/database.ts';
import { organizationOfVps } from '../organizations-store.ts';
import type { StateStore } from '../store.ts';
import { type RunningUpdate, runningUpdateOf } from '../updates-of-token-store.ts';
import { vpsById, type VpsWithAccount } from '../../vps/store.ts';
import { openAccount, providerOf } from '../../accounts/accounts.ts';
import type { Principal, Services } from '../../kernel/services.ts';

/** How the journal calls a step under way. */
const STEP: Readonly<Record<string, string>> = { create: 'creating', update: 'updating', delete: 'deleting' };
const KINDS: Readonly<Record<string, readonly string[]>> = { create: ['update'], update: ['update'], delete: ['update', 'destroy'] };

export interface DoorParts {
  readonly services: Services;
  readonly hosts: Pick<ProviderHostPool, 'acquire'>;
  readonly store: Pick<StateStore, 'checkpoint'>;
}

export interface ProviderDoor {
  readonly host: HostLease;
  readonly guard: CallGuard;
}

/** @throws Refusal 403 or 404; one token learns nothing of another's VPSes. */
export async function openProviderDoor(parts: DoorParts, who: Principal, vpsId: string, pulumiPackage: string): Promise<ProviderDoor> {
  const { services, hosts } = parts;
  mustCan(who, 'stack:tunnel');
  const vps = await vpsById(services.db, who.organizationId, vpsId);
  if (!vps) throw notFound('VPS', vpsId);
  const account = await accountFor(services, vps, pulumiPackage);
  if (!account) throw new Refusal(404, 'not_found', `VPS ${vpsId} uses no account of ${pulumiPackage}.`);
  const { providerId, ...connection } = openAccount(services, account);
  const host = await hosts.acquire(providerId, connection);
  try {
    await audit(services, who, 'account.reached-by-hand', account, { vps: vpsId });
  } catch (error) {
    host.release();
    throw error;
  }
  const session = new Session(parts, who, vps.id, account, providerOf(services, account));
  return { host, guard: (call) => session.refusal(call) };
}

async function accountFor(services: Services, vps: VpsWithAccount, pulumiPackage: string): Promise<Account | null> {
  const dns = vps.dnsAccountId === null ? null : await accountById(services.db, vps.dnsAccountId);
  const candidates = dns ? [vps.account, dns] : [vps.account];
  return candidates.find((account) => providerOf(services, account).descriptor.pulumiPackage === pulumiPackage) ?? null;
}

async function audit(services: Services, who: Principal, action: string, account: Account, data: Record<string, Json>): Promise<void> {
  // Accounts are the operator's, so no organization's token reads this.
  const entry = { actor: who.actor, action, target: account.id, organizationId: null, data };
  await inTransaction(services.db, (tx) => appendAudit(tx, entry));
}

/** One connection. It belongs to the first update for which it changes something, and to no other after it. */
class Session {
  readonly #parts: DoorParts;
  readonly #opener: Principal;
  readonly #vpsId: string;
  readonly #account: Account;
  readonly #provider: Provider;
  #bound: string | null = null;

  constructor(parts: DoorParts, opener: Principal, vpsId: string, account: Account, provider: Provider) {
    this.#parts = parts;
    this.#opener = opener;
    this.#vpsId = vpsId;
    this.#account = account;
    this.#provider = provider;
  }

  /** null = the call may pass. Nothing is remembered from the call before: rights, owner and lease are asked each time. */
  async refusal(call: AskedCall): Promise<string | null> {
    const { db } = this.#parts.services;
    const who = this.#opener.tokenId === null ? null : await principalOfToken(db, this.#opener.tokenId);
    if (!who?.tokenId || !can(who, 'stack:tunnel')) return 'This token may not reach providers any more.';
    const stack = stackName(this.#vpsId);
    if (call.method !== 'invoke' && !call.urn.startsWith(`urn:pulumi:${stack}::${PROJECT}::`))
      return `This connection serves the stack ${stack} only.`;
    const [vps, organization] = await Promise.all([vpsById(db, null, this.#vpsId), organizationOfVps(db, this.#vpsId)]);
    if (!vps || organization === null || (vps.accountId !== this.#account.id && vps.dnsAccountId !== this.#account.id))
      return `VPS ${this.#vpsId} does not use this account any more.`;
    const update = await runningUpdateOf(db, { organization, project: PROJECT, name: stack }, who.tokenId);
    if (!update || (this.#bound ?? update.id) !== update.id)
      return `No update of ${stack} is running with this token, so nothing is done for it.`;
    if (call.method === 'invoke' || call.preview) return null;
    if (call.method === 'read') return this.#readRefusal(call, vps, update);
    const refused = await this.#changeRefusal(call, vps, update, who);
    if (refused !== null) return refused;
    this.#bound = update.id;
    await this.#audit(who, call, update);
    return null;
  }

  async #readRefusal(call: AskedCall, vps: VpsWithAccount, update: RunningUpdate): Promise<string | null> {
    if (this.#isInstance(call) && call.id === vps.instanceId) return null;
    return (await this.#recorded(update)).some((each) => isSame(each, call)) ? null : unknownId(call);
  }

  async #changeRefusal(call: AskedCall, vps: VpsWithAccount, update: RunningUpdate, who: Principal): Promise<string | null> {
    if (update.dryRun || !KINDS[call.method]!.includes(update.kind)) return `A ${nameOf(update)} does not ${call.method} resources.`;
    if (call.marks.some(({ vpsId }) => vpsId !== vps.id)) return `${call.urn} carries the mark of another VPS.`;
    const now = await this.#parts.store.checkpoint(update.stackId);
    const announced = (now?.deployment.pending_operations ?? []).some(
      ({ type, resource }) => type === STEP[call.method] && resource.urn === call.urn,
    );
    if (!announced) return `The update has announced no such step: ${call.method} of ${call.urn}.`;
    const recorded = await this.#recorded(update);
    if (call.method === 'create') return this.#isInstance(call) ? this.#createRefusal(call, vps, recorded) : null;
    const known = recorded.find((each) => isSame(each, call));
    if (!known) return unknownId(call);
    if (call.method === 'update')
      return call.replaces.length > 0 ? `${call.urn} would be replaced by a change of ${call.replaces.join(', ')}.` : null;
    return deleteRefusal(known, this.#isInstance(call), vps, update, who);
  }

  /** By hand a VPS gets its first server, never another. */
  #createRefusal(call: AskedCall, vps: VpsWithAccount, recorded: readonly ResourceState[]): string | null {
    const another = recorded.some((each) => each.type === call.token && each.delete !== true);
    if (another || vps.instanceId !== null)
      return `"${vps.label}" has a server; only an ordered reinstall or repair of Plinth makes another.`;
    if (!isServer(call) || !call.marks.some(({ generation }) => generation === vps.generation))
      return `The server of "${vps.label}" is made under its own name and mark only.`;
    return null;
  }

  #isInstance(call: AskedCall): boolean {
    return isServer(call) || call.token === this.#provider.recordedAs?.instance?.token;
  }

  /** As the last update left it: what the running one writes proves nothing. */
  async #recorded({ stackId, from }: RunningUpdate): Promise<readonly ResourceState[]> {
    const checkpoint = await this.#parts.store.checkpoint(stackId, from);
    return (checkpoint?.deployment satisfies Deployment | undefined)?.resources ?? [];
  }

  async #audit(who: Principal, { method, urn, id }: AskedCall, update: RunningUpdate): Promise<void> {
    const data = { operation: method, urn, id, vps: this.#vpsId, update: update.id };
    await audit(this.#parts.services, who, 'account.changed-by-hand', this.#account, data);
  }
}

function isSame(recorded: ResourceState, { urn, id }: AskedCall): boolean {
  return recorded.urn === urn && recorded.id === id && id !== '';
}

function unknownId({ urn, id }: AskedCall): string {
  return `The stack's record of ${urn} does not have the id ${id}.`;
}

function nameOf({ kind, dryRun }: RunningUpdate): string {
  return dryRun ? 'preview' : kind;
}

function deleteRefusal(
  known: ResourceState,
  isInstance: boolean,
  vps: VpsWithAccount,
  update: RunningUpdate,
  who: Principal,
): string | null {
  if (known['protect'] === true) return `${known.urn} is protected.`;
  if (!isInstance) return null;
  if (update.kind !== 'destroy' || !can(who, 'stack:destroy'))
    return `This would delete the server of "${vps.label}". Only an ordered termination does that, or pulumi destroy as an admin.`;
  return vps.deleteProtection ? `Delete protection of "${vps.label}" is on.` : null;
}
