/** What a first start makes: the default organization, the admin token, and in development an account per simulated provider. */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Provider } from '../providers/provider.ts';
import { createToken } from './auth/tokens.ts';
import { sealed } from './services/accounts.ts';
import type { Services } from './services/services.ts';
import { DEFAULT_ORGANIZATION } from './services/vps.ts';
import { insertAccount } from './store/accounts.ts';
import { inTransaction, type Json } from './store/database.ts';
import { ensureOrganization, readSetting, settingOnce } from './store/settings.ts';
import { countAdminTokens } from './store/tokens.ts';

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
  if (config.simulator.enabled && (await readSetting(db, 'seeded')) === null) await seedAccounts(services);
  if ((await countAdminTokens(db)) > 0) return { adminToken: null, tokenFile };
  const { secret } = await createToken(db, { name: 'first admin', role: 'admin', organizationId: null, expiresAt: null });
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await writeFile(tokenFile, `${secret}\n`, { mode: 0o600 });
  return { adminToken: secret, tokenFile };
}

async function seedAccounts(services: Services): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    for (const provider of services.providers) {
      if (!provider.compute && !provider.dns) continue;
      const id = randomUUID();
      const { descriptor } = provider;
      await insertAccount(tx, {
        id,
        provider: descriptor.id,
        name: `${descriptor.name} (simulator)`,
        endpointKind: 'simulator',
        endpointBaseUrl: services.endpointOf(provider, 'simulator').baseUrl,
        configuration: descriptor.options.parse({}) as Json & object,
        status: 'unchecked',
        checkMessage: null,
        lastCheckedAt: null,
        ...sealed(services, id, simulatedCredential(provider)),
      });
    }
    await settingOnce(tx, 'seeded', true);
  });
}

/** A credential the simulator accepts and the provider's own rules allow. */
function simulatedCredential({ descriptor }: Provider): Record<string, string> {
  for (const length of LENGTHS) {
    const fields = descriptor.credentialFields.map(({ name }) => [name, 'sim-plinth-development'.padEnd(length, '0')]);
    const parsed = descriptor.credential.safeParse(Object.fromEntries(fields));
    if (parsed.success) return parsed.data as Record<string, string>;
  }
  throw new Error(`No simulated credential fits the rules of ${descriptor.name}.`);
}
