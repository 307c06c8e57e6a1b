/**
 * The one guard at every door to a stack: what the state protocol is asked to change passes here first, by the rules that
 * hold for the API. Plinth's own engine processes answer to the jobs that run them.
 */
import { principalOfToken } from '../../identity/tokens/authenticate.ts';
import type { Door, DoorRefusal } from '../context.ts';
import type { Deployment, PendingOperation } from '../../kernel/deployment.ts';
import { stateProblem } from '../loss.ts';
import { isPassword, isServer, serverOf } from '../../vps/server-of.ts';
import { keepRefused, unfold } from './store.ts';
import { otherVpsWithServer } from '../organizations-store.ts';
import type { UpdateRow } from '../rows.ts';
import type { VpsWithAccount } from '../../vps/store.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { behind } from './behind.ts';
import { startRefusal, statusRefusal } from './by-hand.ts';
import type { DoorContext } from './context.ts';

const BEGIN = 0;

/** Null lets it through. */
export async function guardDoor(context: DoorContext, door: Door): Promise<DoorRefusal | null> {
  if (door.at !== 'cancel' && isPlinths(door)) return null;
  const { services } = context;
  const who = await whoStandsAt(services, door);
  if (!who) return refuse(403, 'The token that began this update is revoked or expired.');
  const owner = await behind(services.db, door.stack);
  if (owner.kind === 'foreign')
    return refuse(404, `There is no VPS of ${door.stack.organization} that the stack ${door.stack.name} could be of.`);
  return owner.kind === 'free' ? null : await guardVps(context, door, owner.vps, who);
}

function isPlinths(door: Door): boolean {
  return 'update' in door ? door.update.operationId !== null : door.principal.operationOn !== undefined;
}

/** Behind a lease it is whoever made the update, with the rights of this moment. */
async function whoStandsAt(services: Services, door: Door): Promise<Principal | null> {
  if (!('principal' in door)) return door.update.tokenId === null ? null : await principalOfToken(services.db, door.update.tokenId);
  return door.principal.person;
}

async function guardVps(context: DoorContext, door: Door, vps: VpsWithAccount, who: Principal): Promise<DoorRefusal | null> {
  switch (door.at) {
    case 'create':
      if (vps.status === 'terminated') return conflict(`The VPS "${vps.label}" is terminated; its stack is no more.`);
      return door.state && (await stateRefusal(context, door, vps, who, null, door.state.deployment));
    case 'remove':
      if (vps.status === 'terminated') return null;
      return conflict(
        `The VPS "${vps.label}" lives: its stack is its record, and without it nobody would know its server. Terminate the VPS instead: plinth vps destroy ${vps.id}`,
      );
    case 'cancel':
      if (door.update.operationId === null) return null;
      return conflict(`Plinth itself is working on the VPS "${vps.label}". Cancel its operation instead: plinth operation cancel`);
    case 'start': {
      const { stack, update } = door;
      const refused = await startRefusal({ context, stack, update, vps, principal: who });
      return refused === null ? null : conflict(refused);
    }
    case 'import': {
      const refused = await statusRefusal(context.services.db, who, vps, 'import');
      if (refused !== null) return conflict(refused);
      const now = await unfold(context.tables, door.stack.id, []);
      return await stateRefusal(context, door, vps, who, now?.next.deployment ?? null, door.state.deployment);
    }
    case 'journal':
    case 'checkpoint':
      return await guardSteps(context, door, vps, who);
  }
}

type Steps = Extract<Door, { at: 'journal' | 'checkpoint' }>;

async function guardSteps(context: DoorContext, door: Steps, vps: VpsWithAccount, who: Principal): Promise<DoorRefusal | null> {
  const entries = door.at === 'journal' ? door.entries : [];
  const now = await unfold(context.tables, door.stack.id, entries);
  if (!now) return refuse(404, 'There is no such stack.');
  const begun =
    door.at === 'checkpoint' ? door.begun : entries.flatMap(({ kind, operation }) => (kind === BEGIN && operation ? [operation] : []));
  const step = begun.find((operation) => touchesServer(operation, door.update, vps, now.base.deployment));
  if (step)
    return refuse(
      403,
      `This would delete or replace the server of ${door.stack.name}, or the password that its stack generated. Only an ordered reinstall or termination may do that: use Plinth, or pulumi destroy as an admin.`,
    );
  const next = door.at === 'journal' ? now.next.deployment : (door.state?.deployment ?? null);
  const refused = next && (await stateRefusal(context, door, vps, who, now.base.deployment, next));
  // What was made already is not forgotten with the refusal.
  if (refused && door.at === 'journal') await keepRefused(context.tables, door.update.id, entries);
  return refused;
}

/** A begun step that would delete the customer's server or its generated password, or put another in its place. */
function touchesServer({ type, resource }: PendingOperation, update: UpdateRow, vps: VpsWithAccount, base: Deployment): boolean {
  if (update.kind === 'destroy') return false;
  const stands = isServer(resource) ? serverOf(base) !== null : (base.resources?.some(isPassword) ?? false);
  if (!isServer(resource) && !(isPassword(resource) && vps.requestedPassword === null)) return false;
  return type === 'deleting' || (type === 'creating' && stands);
}

async function stateRefusal(
  { services }: DoorContext,
  door: Exclude<Door, { at: 'remove' | 'cancel' }>,
  vps: VpsWithAccount,
  who: Principal,
  base: Deployment | null,
  next: Deployment,
): Promise<DoorRefusal | null> {
  const mayEnd = 'update' in door && door.update.kind === 'destroy';
  const makesNothing = !onPlatform(who);
  const { instanceId } = vps;
  const generatedPassword = vps.requestedPassword === null;
  const problem = stateProblem({ stack: door.stack, base, next, instanceId, generatedPassword, mayEnd, makesNothing });
  if (problem) return refuse(problem.kind === 'unsound' || problem.kind === 'foreign-urn' ? 400 : 409, problem.reason);
  const server = serverOf(next);
  if (!server || server.id === vps.instanceId || (base && serverOf(base)?.id === server.id)) return null;
  if ((await otherVpsWithServer(services.db, vps, server.id)) === null) return null;
  return conflict(`This state names the server ${server.id}, which is not this VPS's. Nothing was changed.`);
}

function conflict(message: string): DoorRefusal {
  return refuse(409, message);
}

function refuse(status: DoorRefusal['status'], message: string): DoorRefusal {
  return { status, message };
}
