/** What an older system's rows become: of each kind how it is known, made, and taken back. */
import { z } from 'zod';
import { ShopProductCreate } from '../../../contract/compat/server-shop.ts';
import type { MovingRow } from '../../../contract/compat/moving.ts';
import { InventoryImport } from '../../../contract/import.ts';
import { VpsPlanCreate } from '../../../contract/vps-plan.ts';
import { allAccounts, defaultOf } from '../../accounts/accounts.ts';
import { timeNow } from '../../kernel/clock.ts';
import { brokenForeignKey, type Db, inTransaction } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { ensureOrganization } from '../../kernel/settings.ts';
import { packageAt } from '../../products/stock-store.ts';
import { removeProduct } from '../../products/products.ts';
import { prepareImport } from '../../vps/import/import.ts';
import { setReference, vpsById } from '../../vps/store.ts';
import { handBackVps } from '../../vps/termination/termination.ts';
import { insertPackage } from '../exact-packages/store.ts';
import { ensureMemoryProducts } from '../exact-packages/products.ts';
import { mustPackageAccount } from '../exact-packages/sync.ts';
import { createVpsPlan } from '../multi-provider/plans.ts';
import { keepNumber } from '../numbers-store.ts';
import { organizationByName } from '../organizations-store.ts';
import { customerOrganization, findCustomer } from '../server-shop/customers.ts';
import { createShopProduct } from '../server-shop/products.ts';
import { productIdOf } from '../server-shop/store.ts';
import { deleteOrganization, deletePackage, inventoryItemOf, takeProductNumber } from './store.ts';

export type System = 'A' | 'B' | 'C' | 'D' | 'E';
export interface Moving {
  readonly services: Services;
  readonly principal: Principal;
  readonly system: System;
}
export interface Kind<Row = unknown> {
  readonly schema: z.ZodType<Row>;
  /** The older system's own id of it. */
  key(row: Row): string;
  /** What it is here already, whoever made it; null: nothing yet. */
  find(moving: Moving, row: Row): Promise<string | null>;
  /** Nothing is written: why it could not be taken over. Absent: nothing stands in its way. */
  check?(moving: Moving, row: Row): Promise<void>;
  make(moving: Moving, row: Row): Promise<string>;
  /** Null: it is gone; else why it stays. */
  undo(moving: Moving, targetId: string): Promise<string | null>;
}
const kind = <Row>(definition: Kind<Row>): Kind => definition as unknown as Kind;

const Word = z.coerce.string().trim().min(1).max(200);
const Integer = z.coerce.number().int().min(1).max(2_147_483_647);
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());
const Label = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split('.')[0]!
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 63),
  )
  .pipe(z.string().min(1, 'has no letter or digit'));

/** In a transaction of its own, so that what needs it shows. */
async function unlessNeeded(db: Services['db'], work: (tx: Db) => Promise<void>): Promise<string | null> {
  try {
    await inTransaction(db, work);
    return null;
  } catch (error) {
    if (brokenForeignKey(error)) return 'It has something here by now.';
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

const organization = kind({
  schema: z.object({ name: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?$/, 'letters, digits and . _ - only') }),
  key: ({ name }) => name,
  find: async ({ services }, { name }) => (await organizationByName(services.db, name))?.id ?? null,
  make: async ({ services }, { name }) => (await ensureOrganization(services.db, name)).id,
  undo: ({ services }, id) => unlessNeeded(services.db, (tx) => deleteOrganization(tx, id)),
});

const customer = kind({
  schema: z.object({ id: z.coerce.string().regex(/^[A-Za-z0-9@+_.-]{1,60}$/, 'letters, digits and @ + _ . - only') }),
  key: ({ id }) => id,
  find: ({ services }, { id }) => findCustomer(services.db, id),
  make: ({ services, principal }, { id }) => customerOrganization(services, principal, id),
  undo: ({ services }, id) => unlessNeeded(services.db, (tx) => deleteOrganization(tx, id)),
});

/** What the older system kept of a product that is counted here, or says what a row is. */
const OWN = new Set(['kind', 'created_at', 'updated_at', 'current_orders', 'currency']);
/** Numbers and truths may be texts: in CSV all is text. */
const ShopRow = z
  .record(z.string(), z.unknown())
  .transform((row) =>
    Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === '' || OWN.has(name) ? [] : [[name, plain(name, value)]]))),
  )
  .pipe(z.looseObject({ id: Integer }))
  .transform(({ id, ...rest }) => ({ id, body: rest }));
const TEXTS = new Set([
  'name',
  'description',
  'cpu_model',
  'storage_type',
  'datacenter_location',
  'region',
  'provider',
  'provisioning_module',
]);
function plain(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || TEXTS.has(name)) return value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^(true|false|null)$/i.test(value) || /^[[{]/.test(value))
    return JSON.parse(/^[tfn]/i.test(value) ? value.toLowerCase() : value) as unknown;
  return value;
}

const product = kind({
  schema: ShopRow.pipe(z.object({ id: z.number(), body: z.record(z.string(), z.unknown()).pipe(ShopProductCreate) })),
  key: ({ id }) => String(id),
  find: ({ services }, { id }) => productIdOf(services.db, id),
  async make({ services, principal }, { id, body }) {
    const made = await createShopProduct(services, principal, body);
    const productId = (await productIdOf(services.db, made.id))!;
    if (await takeProductNumber(services.db, productId, id)) return productId;
    await removeProduct(services, principal, productId);
    throw new Refusal(409, 'number_taken', `Another product has the number ${id}. Delete that first.`);
  },
  undo: ({ services, principal }, id) => unlessNeeded(services.db, (tx) => removeProduct(within(services, tx), principal, id)),
});

const plan = kind({
  schema: z
    .object({
      id: optional(Word),
      name: Word,
      provider: Word,
      provider_plan_id: Word,
      base_price: z.coerce.number(),
      markup_price: z.coerce.number().default(0),
    })
    .loose(),
  key: ({ id, name }) => id ?? name,
  find: async () => null,
  async check({ services }, row) {
    await accountFor(services, row.provider);
  },
  async make({ services, principal }, { name, provider, provider_plan_id, base_price, markup_price }) {
    const { id } = await accountFor(services, provider);
    return (
      await createVpsPlan(services, principal, VpsPlanCreate.parse({ name, provider_id: id, provider_plan_id, base_price, markup_price }))
    ).id;
  },
  undo: ({ services, principal }, id) => unlessNeeded(services.db, (tx) => removeProduct(within(services, tx), principal, id)),
});

async function accountFor(services: Services, provider: string) {
  const account = defaultOf((await allAccounts(services)).filter((each) => each.provider === provider));
  if (account) return account;
  throw new Refusal(409, 'no_account', `There is no account at "${provider}". Add one with POST /api/admin/providers.`);
}

const stock = kind({
  schema: z.object({ pid: Word, name: Word, qty: z.coerce.number().int().min(0).default(0), status: z.string().default('active') }).loose(),
  key: ({ pid, name }) => `${pid}::${name}`,
  async find({ services }, { pid, name }) {
    const account = await mustPackageAccount(services);
    return (await packageAt(services.db, account.id, `${pid}::${name}`))?.id ?? null;
  },
  async make({ services }, { pid, name, qty, status }) {
    const account = await mustPackageAccount(services);
    const [first] = await ensureMemoryProducts(services, account);
    if (!first) throw new Refusal(409, 'no_memory', `The account "${account.name}" has no sizes of memory in its settings.`);
    return await insertPackage(services.db, account.id, first.id, { id: pid, name, status, free: qty, prices: {} }, timeNow());
  },
  undo: ({ services }, id) => unlessNeeded(services.db, (tx) => deletePackage(tx, id)),
});

/** A server that is there: taken into a stack by import, which tags it and changes nothing else. */
function server(fields: {
  readonly provider: string;
  readonly id: readonly string[];
  readonly reference?: (row: MovingRow) => string | undefined;
  readonly number?: { readonly system: 'A' | 'D' | 'E'; readonly column: string };
  readonly owner: (moving: Moving, row: MovingRow) => Promise<string>;
}): Kind {
  const idOf = (row: MovingRow): string =>
    String(fields.id.map((name) => row[name]).find((value) => value !== undefined && value !== null && value !== '') ?? '');
  const providerOf = (row: MovingRow): string => String(row['provider'] || fields.provider);
  const itemOf = async ({ services }: Moving, row: MovingRow): Promise<string> => {
    const accounts = (await allAccounts(services)).filter(({ provider }) => provider === providerOf(row));
    if (accounts.length === 0) await accountFor(services, providerOf(row));
    const item = await inventoryItemOf(
      services.db,
      accounts.map(({ id }) => id),
      idOf(row),
    );
    if (item) return item;
    throw new Refusal(
      404,
      'no_such_server',
      `No server ${idOf(row)} is known at ${providerOf(row)}. Run the drift sweep, which lists what is there, and repeat.`,
    );
  };
  return kind<MovingRow>({
    schema: z
      .record(z.string(), z.unknown())
      .refine((row) => idOf(row as MovingRow) !== '', `needs ${fields.id[0]}`) as unknown as z.ZodType<MovingRow>,
    key: (row) => `${providerOf(row)}/${idOf(row)}`,
    find: async () => null,
    check: async (moving, row) => void (await itemOf(moving, row)),
    async make(moving, row) {
      const { services, principal } = moving;
      const item = await itemOf(moving, row);
      const label = Label.parse(String(row['vps_name'] || row['label'] || row['hostname'] || `vps-${idOf(row)}`));
      const organization_id = await fields.owner(moving, row);
      const reference = fields.reference?.(row);
      const prepared = await prepareImport(services, principal, item, InventoryImport.parse({ label, organization_id }));
      const { vps } = await inTransaction(services.db, async (tx) => {
        const accepted = await prepared(tx);
        if (reference !== undefined) await setReference(tx, accepted.vps.id, reference);
        return accepted;
      });
      const number = fields.number ? Number(row[fields.number.column]) : Number.NaN;
      if (fields.number && Number.isInteger(number) && number > 0)
        await keepNumber(services.db, fields.number.system, 'vps', number, vps.id);
      return vps.id;
    },
    async undo({ services, principal }, id) {
      const vps = await vpsById(services.db, null, id);
      if (vps && vps.status !== 'terminated') await handBackVps(services, principal, id);
      return null;
    },
  });
}

const named = async ({ services }: Moving, name: string): Promise<string> => {
  const found = await organizationByName(services.db, name);
  return (found ?? (await ensureOrganization(services.db, name))).id;
};

export const KINDS: Readonly<Record<System, Readonly<Record<string, Kind>>>> = {
  A: {
    vps: server({
      provider: 'vultr',
      id: ['provider_instance_id', 'vultr_instance_id'],
      reference: (row) => (row['mt5_account_id'] ? `mt5:${String(row['mt5_account_id'])}` : undefined),
      number: { system: 'A', column: 'vps_id' },
      owner: (moving) => named(moving, moving.services.config.defaultOrganization),
    }),
  },
  B: {
    organization,
    plan,
    vps: server({
      provider: 'digitalocean',
      id: ['provider_instance_id'],
      owner: (moving, row) => named(moving, String(row['organization'] || moving.services.config.defaultOrganization)),
    }),
  },
  C: {
    user: organization,
    vps: server({
      provider: 'hostinger',
      id: ['hostinger_vm_id'],
      owner: (moving, row) => named(moving, String(row['username'] || row['name'] || 'default')),
    }),
  },
  D: {
    customer,
    product,
    instance: server({
      provider: 'digitalocean',
      id: ['provider_server_id'],
      owner: ({ services, principal }, row) => customerOrganization(services, principal, String(row['customer_id'] ?? 'default')),
    }),
  },
  E: { customer, package: stock },
};
