/** Customers of the older system are organizations: by their own id, or by the id that the older system had for them. */
import { appendAudit } from '../../kernel/audit.ts';
import { setInternal } from '../../billing/buyers/store.ts';
import { type Db, inTransaction } from '../../kernel/database.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { ensureOrganization, organizationById } from '../../kernel/settings.ts';
import { organizationByName, organizationNames } from '../organizations-store.ts';

const PREFIX = 'customer-';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A name that organizations may have, and that leads back to the id. */
const nameOf = (id: string): string => PREFIX + id.replaceAll(/[@+.]/g, (sign) => `.${sign.charCodeAt(0).toString(16)}.`);
const idOf = (name: string): string =>
  name.slice(PREFIX.length).replaceAll(/\.([0-9a-f]{2})\./g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Null: nobody has this id yet. */
export async function findCustomer(db: Db, id: string): Promise<string | null> {
  const own = UUID.test(id) ? await organizationById(db, id) : null;
  return own?.id ?? (await organizationByName(db, nameOf(id)))?.id ?? null;
}

/** The customer's organization; an unknown one is made, as a buyer. */
export async function customerOrganization(services: Services, principal: Principal, id: string): Promise<string> {
  const known = await findCustomer(services.db, id);
  if (known) return known;
  return await inTransaction(services.db, async (tx) => {
    const before = await organizationByName(tx, nameOf(id));
    const made = await ensureOrganization(tx, nameOf(id));
    if (before === null) {
      await setInternal(tx, made.id, false);
      const entry = { actor: principal.name, action: 'organization.created', target: made.id, organizationId: made.id };
      await appendAudit(tx, { ...entry, data: { name: made.name } });
    }
    return made.id;
  });
}

/** What the older system called them, for each organization that it knows; others by their own id. */
export async function customerIds(db: Db, organizations: readonly string[]): Promise<Map<string, string>> {
  const names = await organizationNames(db, [...new Set(organizations)]);
  return new Map([...names].map(([id, name]) => [id, name.startsWith(PREFIX) ? idOf(name) : id]));
}
