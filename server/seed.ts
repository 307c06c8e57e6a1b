/**
 * What a first start makes: the default organization, the admin token, an account for each key in the environment, and in
 * development a simulated one for every other provider.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writePrivate } from '../lib/private-files.ts';
import { credentialGiven, simulatedCredentialOf } from '../providers/credential.ts';
import type { Provider } from '../providers/provider.ts';
import { createToken } from './identity/tokens/authenticate.ts';
import { atRest } from './accounts/accounts.ts';
import type { Services } from './kernel/services.ts';
import { DEFAULT_ORGANIZATION } from './vps/vps.ts';
import { insertAccount, listAccounts } from './accounts/store.ts';
import { timeIn } from './kernel/clock.ts';
import { type Db, inTransaction, type Json } from './kernel/database.ts';
import { ensureOrganization, readSetting, settingOnce } from './kernel/settings.ts';
import { countAdminTokens } from './identity/tokens/store.ts';

export interface Seeded {
  /** Only at the first start. */
  readonly adminToken: string | null;
  readonly tokenFile: string;
}

const LENGTHS = [64, 40, 36, 32];

export async function seed(services: Services): Promise<Seeded> {
  const { db, config } = services;
  const tokenFile = join(config.dataDir, 'admin-token');
  await ensureOrganization(db, DEFAULT_ORGANIZATION);
  await accountsOfKeys(services);
  if (config.simulator.enabled && (await readSetting(db, 'seeded')) === null) await seedAccounts(services);
  if ((await countAdminTokens(db)) > 0) return { adminToken: null, tokenFile };
  const { secret } = await createToken(db, { name: 'first admin', role: 'admin', organizationId: null, expiresAt: null });
  await writePrivate(tokenFile, `${secret}\n`);
  return { adminToken: secret, tokenFile };
}

/** `<PROVIDER>_API_KEY`: once for each provider, and only where it has no account. One that begins with `sim-` is the simulator's. */
async function accountsOfKeys(services: Services): Promise<void> {
  const { db, config, log } = services;
  const has = new Set((await listAccounts(db)).map(({ provider }) => provider));
  for (const provider of services.providers) {
    const { id, name, credential, credentialFields } = provider.descriptor;
    const key = config.apiKeys.get(id);
    if (key === undefined || has.has(id) || (!provider.compute && !provider.dns)) continue;
    const parsed = credential.safeParse(credentialGiven(credentialFields, key));
    // Never the key itself.
    if (!parsed.success) log.warn({ provider: id }, `${id.toUpperCase()}_API_KEY is no key of ${name}; no account was made of it`);
    else if (await onlyOnce(db, `seeded.${id}`)) {
      const kind = key.startsWith('sim-') && config.simulator.enabled ? 'simulator' : 'real';
      await inTransaction(db, (tx) => insert(services, tx, provider, kind, parsed.data as Record<string, string>, timeIn(0)));
    }
  }
}

async function onlyOnce(db: Services['db'], key: string): Promise<boolean> {
  if ((await readSetting(db, key)) !== null) return false;
  await settingOnce(db, key, true);
  return true;
}

async function seedAccounts(services: Services): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const has = new Set((await listAccounts(tx)).map(({ provider }) => provider));
    for (const [index, provider] of services.providers.entries()) {
      if (has.has(provider.descriptor.id) || (!provider.compute && !provider.dns)) continue;
      // In the order of the list: within one transaction the database's clock stands still.
      const at = timeIn(index - services.providers.length);
      await insert(services, tx, provider, 'simulator', simulatedCredential(provider), at);
    }
    await settingOnce(tx, 'seeded', true);
  });
}

async function insert(
  services: Services,
  tx: Db,
  provider: Provider,
  kind: 'real' | 'simulator',
  credential: Record<string, string>,
  createdAt: Date,
): Promise<void> {
  const id = randomUUID();
  const { descriptor } = provider;
  const given = 'default' in (descriptor.options as { shape?: object }).shape! ? { default: true } : {};
  await insertAccount(tx, {
    id,
    provider: descriptor.id,
    name: `Primary ${descriptor.name} Account`,
    endpointKind: kind,
    endpointBaseUrl: services.endpointOf(provider, kind).baseUrl,
    configuration: descriptor.options.parse(given) as Json & object,
    status: 'unchecked',
    checkMessage: null,
    lastCheckedAt: null,
    ...atRest(services, id, credential),
    createdAt,
  });
}

/** A credential the simulator accepts and the provider's own rules allow. */
function simulatedCredential({ descriptor }: Provider): Record<string, string> {
  for (const length of LENGTHS) {
    const token = 'sim-plinth-development'.padEnd(length, '0');
    const parsed = descriptor.credential.safeParse(simulatedCredentialOf(descriptor, token));
    if (parsed.success) return parsed.data as Record<string, string>;
  }
  throw new Error(`No simulated credential fits the rules of ${descriptor.name}.`);
}
