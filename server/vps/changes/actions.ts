/** Ordering what happens to a VPS: guarded by its capabilities, recorded in one transaction, done by a worker. */
import type { BulkAction } from '../../../contract/bulk.ts';
import type { ChangePreview, VpsAction, VpsChange, VpsPatch } from '../../../contract/lifecycle.ts';
import { Refusal } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { onPlatform } from '../../kernel/can.ts';
import { brokenUnique, type Commit, type Db, inTransaction, type Json, type Operation } from '../../kernel/database.ts';
import { livingLabelExists, updateVps, type VpsColumns, type VpsWithAccount } from '../store.ts';
import { mustAccount } from '../../accounts/accounts.ts';
import { claimDnsName, requireNameFree } from '../dns-names/dns-names.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { requireOwnSetup } from '../setup/again.ts';
import { recordSetup } from '../setup/prepare.ts';
import { forgetSetup } from '../setup/store.ts';
import { atRest, withoutUserData } from '../user-data.ts';
import type { Sheet } from '../operations/sheet.ts';
import { sheetOf } from '../operations/sheets.ts';
import { sealPassword } from '../password/life.ts';
import { noteUse } from '../ssh-keys/library.ts';
import { type Accepted, labelTaken, mustLock, mustVps, requestOperation } from '../vps.ts';
import { requireCapability } from './guard.ts';
import type { PlannedChange } from './planned-change.ts';
import { plansOf, previewOf, requireApproval } from './preview.ts';

/** Recorded with what changes at once; a change of the spec is planned before, as its sheet says. */
export async function prepareAction(services: Services, principal: Principal, id: string, body: VpsAction): Promise<Commit<Accepted>> {
  const sheet = sheetOf(body.action);
  if (sheet.plan) return await prepareChange(services, principal, id, sheet, body);
  const prepared = sheet.prepare ? await prepare(services, principal, id, sheet, body) : undefined;
  return async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, body.action);
    const { columns, request = {} } = (await sheet.accept?.({ services, tx, principal, vps, body }, prepared)) ?? {};
    const changed = columns ? await updateVps(tx, id, columns) : vps;
    return { vps: changed, operation: await requestOperation(services, tx, principal, changed, sheet.kind, { request }) };
  };
}

async function prepare(services: Services, principal: Principal, id: string, sheet: Sheet, body: VpsAction): Promise<unknown> {
  const vps = await mustVps(services, principal, id);
  await requireCapability(services, services.db, principal, vps, body.action);
  return await sheet.prepare?.(services, vps, body);
}

/** Where the change leads. @throws Refusal, ProviderError */
export async function planChange(
  services: Services,
  vps: VpsWithAccount,
  change: VpsAction | VpsChange | BulkAction,
): Promise<PlannedChange> {
  const planned = await sheetOf(change.action).plan?.(services, vps, change);
  if (!planned) throw new Error(`A ${change.action} changes no spec.`);
  return planned;
}

async function prepareChange(
  services: Services,
  principal: Principal,
  id: string,
  sheet: Sheet,
  change: VpsAction,
): Promise<Commit<Accepted>> {
  const seen = await mustVps(services, principal, id);
  const override = 'override_reason' in change ? change.override_reason : undefined;
  await requireCapability(services, services.db, principal, seen, change.action, override);
  await requireOwnSetup(services.db, principal, seen, change);
  // The catalogue may have to be asked for, so the plan is made before the row is held.
  const planned = await planChange(services, seen, change);
  const plans = 'approval' in change && change.approval !== undefined ? await plansOf(services, seen) : [];
  await requireNewNameFree(services, principal, seen, planned);
  return async (tx) => {
    const vps = await mustLock(tx, principal, id);
    await requireCapability(services, tx, principal, vps, change.action, override);
    if (JSON.stringify(vps.spec) !== JSON.stringify(seen.spec))
      throw new Refusal(409, 'changed_meanwhile', 'The VPS was changed by another request just now. Look at it and try again.');
    await requireApproval(tx, vps, change, { planned, plans });
    if ('ssh_keys' in change || 'ssh_key_ids' in change) await noteUse(tx, vps.organizationId, planned.spec.sshPublicKeys);
    const changed = await reserve(services, tx, vps, planned).catch((error: unknown) => {
      throw brokenUnique(error) === null ? error : labelTaken(planned.spec.label);
    });
    return {
      vps: changed,
      operation: await requestOperation(services, tx, principal, changed, sheet.kind, { request: requestOf(planned) }),
    };
  };
}

/** A label or name that the change brings, and that the VPS has not yet: what is asked here is asked before the zone. @throws Refusal */
async function requireNewNameFree(services: Services, principal: Principal, vps: VpsWithAccount, planned: PlannedChange): Promise<void> {
  const { dns, label } = planned.spec;
  if (label !== vps.label && (await livingLabelExists(services.db, vps.organizationId, label))) throw labelTaken(label);
  if (!dns || dns.name === planned.before.dns?.name) return;
  const account = await mustAccount(services, dns.accountId);
  await requireNameFree(services, principal, { dns, account, vpsId: vps.id, organizationId: vps.organizationId, field: 'hostname' });
}

/** Takes the new label and name, and stores the new password, before any provider is asked. */
async function reserve(
  services: Services,
  tx: Db,
  vps: VpsWithAccount,
  { before, spec, password, setup }: PlannedChange,
): Promise<VpsWithAccount> {
  const change: VpsColumns = {};
  if (spec.label !== vps.label) {
    if (await livingLabelExists(tx, vps.organizationId, spec.label)) throw labelTaken(spec.label);
    change.label = spec.label;
  }
  if (spec.dns && spec.dns.name !== before.dns?.name) await claimDnsName(tx, vps, spec.dns, 'hostname');
  if (password !== null) change.nextPassword = sealPassword(services.secrets, 'nextPassword', vps.id, password);
  if (setup) {
    // Its user data is looked at where a disk is written, and nowhere else.
    change.cloudInit = atRest(services.secrets, spec).cloudInit;
    await recordSetup(services, tx, vps.id, setup);
  } else if (setup === null && (await forgetSetup(tx, vps.id))) change.cloudInit = atRest(services.secrets, spec).cloudInit;
  return Object.keys(change).length === 0 ? vps : await updateVps(tx, vps.id, change);
}

function requestOf({ spec, way, restore, password }: PlannedChange): Record<string, Json> {
  const stored = withoutUserData(spec);
  if (!restore) return { spec: stored, way };
  return { spec: stored, way, restore: { id: restore.id, kind: restore.kind }, keepsPassword: password === null };
}

/** `operation` null where the engine has no preview of its own. */
export interface Previewed {
  readonly vps: VpsWithAccount;
  readonly operation: Operation | null;
  readonly preview: ChangePreview;
}

/** What the change would do, at once from the plan; and the engine's own preview as an operation to wait for. */
export async function preparePreview(services: Services, principal: Principal, id: string, change: VpsChange): Promise<Commit<Previewed>> {
  const vps = await mustVps(services, principal, id);
  await requireCapability(services, services.db, principal, vps, change.action);
  await requireOwnSetup(services.db, principal, vps, change);
  const planned = await planChange(services, vps, change);
  const plans = await plansOf(services, vps);
  await requireNewNameFree(services, principal, vps, planned);
  return async (tx) => {
    const locked = await mustLock(tx, principal, id);
    const preview = await previewOf(tx, locked, change, { planned, plans });
    const request = requestOf(planned);
    // The engine previews updates only; what a destroy deletes is all there is.
    const operation = planned.way === 'destroy' ? null : await requestOperation(services, tx, principal, locked, 'preview', { request });
    return { vps: locked, operation, preview };
  };
}

/** Notes, delete protection, maintenance: the record alone changes, at once. */
export async function patchVps(services: Services, principal: Principal, id: string, body: VpsPatch): Promise<VpsWithAccount> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated.`);
    if (vps.maintenanceReason !== null && !onPlatform(principal))
      throw new Refusal(409, 'maintenance', `The VPS is in maintenance: ${vps.maintenanceReason}`);
    if (body.notes !== undefined && body.expected_notes !== undefined && body.expected_notes !== vps.notes)
      throw new Refusal(
        409,
        'notes_changed',
        `Somebody else has changed the notes of "${vps.label}" meanwhile. Read them again, and send yours with expected_notes as they are now.`,
        [{ field: 'expected_notes', rule: 'is not what the notes are now', remedy: 'Send the notes as GET /api/vps/:id shows them now.' }],
      );
    const changed = await updateVps(tx, id, {
      ...(body.notes === undefined ? {} : { notes: body.notes }),
      ...(body.delete_protection === undefined ? {} : { deleteProtection: body.delete_protection }),
      ...(body.maintenance === undefined ? {} : { maintenanceReason: body.maintenance }),
    });
    const { notes: _notes, expected_notes: _expected, ...shown } = body;
    await appendAudit(tx, {
      actor: principal.name,
      action: 'vps.changed',
      target: id,
      organizationId: vps.organizationId,
      data: JSON.parse(JSON.stringify({ fields: Object.keys(body).filter((name) => name !== 'expected_notes'), ...shown })),
      before: recordOf(vps),
      after: recordOf(changed),
    });
    return changed;
  });
}

/** What a patch can change, without the notes: those are the seller's own words. */
const recordOf = ({ deleteProtection, maintenanceReason }: VpsWithAccount) => ({
  delete_protection: deleteProtection,
  maintenance: maintenanceReason,
});
