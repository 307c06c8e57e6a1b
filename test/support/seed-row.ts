/** One VPS with its account and organization as rows alone: for what only reads and writes the database. */
import type { Database, Vps } from '../../server/store/database.ts';
import { ensureOrganization } from '../../server/store/settings.ts';
import { plainSpec } from './plain-spec.ts';

export async function seedRow(db: Database, id: string, more: Partial<Pick<Vps, 'status' | 'instanceId'>> = {}): Promise<Vps> {
  const { id: organizationId } = await ensureOrganization(db, 'default');
  const connection = { endpointKind: 'simulator', endpointBaseUrl: '', credential: '', fingerprint: '', last4: '', configuration: {} };
  const account = { provider: 'acme', name: `account of ${id}`, status: 'ok', ...connection };
  const { id: accountId } = await db.account.create({ data: { id: `account-${id}`, ...account } });
  const machine = { provider: 'acme', accountId, region: 'here', plan: 'small', image: 'linux' };
  const named = { label: id, hostname: `${id}.example.test` };
  const spec = plainSpec({ vpsId: id, ...named }, machine);
  return await db.vps.create({ data: { id, organizationId, status: 'active', spec, ...named, ...machine, ...more } });
}
