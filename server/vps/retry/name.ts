/** Another name for a VPS whose set-up or rename failed: what its last operation shall bring about instead. */
import type { VpsRetry } from '../../../contract/vps.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Operation } from '../../kernel/database.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
import { mustAccount, providerOf } from '../../accounts/accounts.ts';
import { requireNameFree } from '../dns-names/dns-names.ts';
import { hostOf, nameOf } from '../../kernel/host-names.ts';
import { planDns } from '../create/dns.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { wholeSpec, withoutUserData } from '../user-data.ts';
import { buildableSpec } from '../create/plan.ts';
import { sheetOf } from '../operations/sheets.ts';

export interface RetriedName {
  readonly spec: VpsSpec;
  /** For the row, where the spec itself stands there. */
  readonly columns: VpsColumns;
  readonly field: string;
}

/** Null: the name stays. @throws Refusal when the name cannot be had, or the operation gives none. */
export async function planRetriedName(
  services: Services,
  principal: Principal,
  vps: VpsWithAccount,
  last: Pick<Operation, 'kind' | 'request'>,
  body: VpsRetry,
): Promise<RetriedName | null> {
  if (body.hostname === undefined && body.dns === undefined) return await sameName(services, principal, vps, last);
  const field = body.hostname === undefined ? 'dns' : 'hostname';
  const { contract, traits } = sheetOf(last.kind);
  if (!contract.names)
    throw refuseField(field, `a ${last.kind} gives no name`, 'Leave it out, and rename the VPS afterwards.', 409, 'not_renamed');
  if (!traits.setsUp && body.dns !== undefined)
    throw refuseField('dns', 'a rename stays in its zone', 'Send hostname instead.', 409, 'not_renamed');
  const before = wholeSpec(services.secrets, vps, contract.request.parse(last.request).spec ?? vps.spec);
  const planned = body.dns === undefined ? hostnameOf(before, body.hostname!) : await dnsOf(services, principal, vps, before, body);
  const spec = withoutUserData(buildableSpec({ ...before, ...planned }, providerOf(services, vps.account).descriptor));
  await requireFree(services, principal, vps, spec, body.dns === undefined ? 'hostname' : 'dns.name');
  const columns = !traits.setsUp ? {} : { spec, hostname: spec.hostname, ...(spec.dns ? { dnsAccountId: spec.dns.accountId } : {}) };
  return { spec, columns, field };
}

/** The name that the operation would take once more. */
async function sameName(services: Services, principal: Principal, vps: VpsWithAccount, last: Pick<Operation, 'kind' | 'request'>) {
  const { contract, traits } = sheetOf(last.kind);
  if (!contract.names) return null;
  const spec = VpsSpec.parse(contract.request.parse(last.request).spec ?? vps.spec);
  await requireFree(services, principal, vps, spec, traits.setsUp ? 'dns.name' : 'hostname');
  return { spec, columns: {}, field: 'hostname' };
}

function hostnameOf(before: VpsSpec, given: string): Pick<VpsSpec, 'hostname' | 'dns'> {
  const { dns } = before;
  if (!dns) return { hostname: hostOf('hostname', given), dns };
  const name = nameOf('hostname', given, dns.zone);
  return { hostname: name, dns: { ...dns, name } };
}

async function dnsOf(services: Services, principal: Principal, vps: VpsWithAccount, { label }: VpsSpec, { hostname, dns }: VpsRetry) {
  const own = hostname === undefined ? label : hostOf('hostname', hostname);
  const planned = await planDns(services, { principal, organizationId: vps.organizationId }, vps.account, { label, dns });
  if (planned === null) return { hostname: own, dns: null };
  // What was made already is deleted through the account that made it.
  if (vps.dnsAccountId !== null && vps.dnsAccountId !== planned.account.id)
    throw new Refusal(409, 'other_dns_account', 'The VPS has its records at another DNS account. Take a zone of that one, or none.');
  return { hostname: planned.spec.name, dns: planned.spec };
}

async function requireFree(services: Services, principal: Principal, vps: VpsWithAccount, { dns }: VpsSpec, field: string): Promise<void> {
  if (!dns) return;
  const account = await mustAccount(services, dns.accountId);
  await requireNameFree(services, principal, { dns, account, vpsId: vps.id, organizationId: vps.organizationId, field });
}
