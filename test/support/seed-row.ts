/** One VPS with its account and organization as rows alone: for what only reads and writes the database. */
import type { Database, Vps } from '../../server/kernel/database.ts';
import { ensureOrganization } from '../../server/kernel/settings.ts';
import { plainSpec } from './plain-spec.ts';

/** One that there is: doors ask the provider what it can. */
const PROVIDER = 'digitalocean';

export async function seedRow(db: Database, id: string, more: Partial<Pick<Vps, 'status' | 'instanceId'>> = {}): Promise<Vps> {
  const { id: organizationId } = await ensureOrganization(db, 'default');
  const connection = { endpointKind: 'simulator', endpointBaseUrl: '', credential: '', fingerprint: '', last4: '', configuration: {} };
  const account = { provider: PROVIDER, name: `account of ${id}`, status: 'ok', ...connection };
  const { id: accountId } = await db.account.create({ data: { id: `account-${id}`, ...account } });
  const machine = { provider: PROVIDER, accountId, region: 'here', plan: 'small', image: 'linux' };
  const named = { label: id, hostname: `${id}.example.test` };
  const spec = plainSpec({ vpsId: id, ...named }, machine);
  return await db.vps.create({ data: { id, organizationId, status: 'active', spec, ...named, ...machine, ...more } });
}
