/** Looks at the zone once more before anything is bought: a name may have been taken while the operation waited. */
import { fault } from '../../../automation/faults.ts';
import type { EngineFault } from '../../../automation/types.ts';
import { takenBy } from '../dns-names/dns-names.ts';
import { mustAccount } from '../../accounts/accounts.ts';
import { specOf } from './change.ts';
import type { Work } from './sheet.ts';
import { faultOf, WorkFailed } from './work-fault.ts';

/** Null when the name is free, or the VPS's own. @throws LeaseLost */
export async function refuseTakenName(work: Work): Promise<EngineFault | null> {
  const { services, sheet, vps, signal } = work;
  const { dns } = specOf(work);
  if (!dns || !sheet.contract.names) return null;
  return await faultOf(work, async () => {
    const account = await mustAccount(services, dns.accountId);
    const taken = await takenBy(services, { dns, account, vpsId: vps.id, organizationId: vps.organizationId }, signal);
    if (taken !== 'name') return;
    const remedy = `Run it again with another name: plinth vps retry ${vps.id} --dns-name NAME.`;
    throw new WorkFailed(fault('conflict', `The name ${dns.name} is in use already by something that is not this VPS. ${remedy}`));
  });
}
