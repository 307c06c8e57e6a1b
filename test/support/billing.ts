/** A database with a seller and organizations that are invoiced, and the services that the business needs of a process. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { parseMoney } from '../../contract/money.ts';
import { saveProfile } from '../../server/billing/profile/store.ts';
import { insertRate } from '../../server/billing/tax/store.ts';
import { insertOrganization } from '../../server/identity/organizations/store.ts';
import { type Database, type Db, inTransaction, openDatabase } from '../../server/kernel/database.ts';
import { Hooks } from '../../server/kernel/hooks.ts';
import { writeSetting } from '../../server/kernel/kill-switches/store.ts';
import type { Services } from '../../server/kernel/services.ts';
import { withDatabase } from './database.ts';

export interface Billing {
  readonly db: Database;
  readonly services: Services;
  readonly url: string;
  /** In a transaction of its own. */
  within<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  /** A new organization; `country` decides its tax. */
  customer(
    more?: Partial<{
      currency: string;
      country: string;
      taxId: string;
      taxIdValid: boolean;
      name: string;
      locale: string;
      timeZone: string;
      address: string[];
    }>,
  ): Promise<string>;
}

export const SELLER = {
  name: 'Plinth Hosting GmbH',
  address: ['Lindenallee 1', '20095 Hamburg'],
  country: 'DE',
  currency: 'EUR',
  tax_id: 'DE123456789',
  email: 'billing@plinth.test',
  bank: 'DE02 1203 0000 0000 2020 51',
  time_zone: 'Europe/Berlin',
};

export const cents = (text: string, currency = 'EUR'): bigint => parseMoney(text, currency).amount;

/** Germany 19 %, Poland 23 % with reverse charge, nothing elsewhere. */
export function withBilling(): Billing {
  const database = withDatabase();
  const opened: { db?: Database; services?: Services } = {};
  beforeAll(async () => {
    const db = openDatabase(database.url, 20);
    opened.db = db;
    opened.services = { db, hooks: new Hooks(), log: { warn() {}, error() {}, info() {}, debug() {} } } as unknown as Services;
    await writeSetting(db, 'billing.seller', SELLER);
    const from = { region: '', validFrom: new Date('2020-01-01'), validTo: null };
    await insertRate(db, { ...from, name: 'USt', country: 'DE', percent: '19', reverseCharge: 'none' });
    await insertRate(db, { ...from, name: 'VAT', country: 'PL', percent: '23', reverseCharge: 'business_abroad' });
  });
  afterAll(() => opened.db?.$disconnect());
  return {
    get db() {
      return opened.db!;
    },
    get services() {
      return opened.services!;
    },
    get url() {
      return database.url;
    },
    within: (work) => inTransaction(opened.db!, work),
    async customer({
      currency = 'EUR',
      country = 'DE',
      taxId,
      taxIdValid = false,
      name,
      locale = 'en',
      timeZone = 'UTC',
      address = [],
    } = {}) {
      const { id } = await insertOrganization(opened.db!, `customer-${randomUUID().slice(0, 8)}`);
      await saveProfile(opened.db!, id, {
        name: name ?? 'Customer Ltd',
        currency,
        country,
        region: null,
        address,
        taxId: taxId ?? null,
        taxIdValid,
        taxExempt: false,
        email: null,
        locale,
        timeZone,
      });
      return id;
    },
  };
}
