/** Takes over which packages the provider has: new ones are added, those gone are disabled, those that came back enabled. */
import type { SyncAnswer, SyncResult } from '../../../contract/compat/exact-packages.ts';
import type { PackageStock } from '../../../providers/provider.ts';
import { allAccounts, defaultOf, mustCompute } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Account, type Db, inTransaction, type StockItem } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import { findProvider, type Services } from '../../kernel/services.ts';
import { ensureMemoryProducts } from './products.ts';
import {
  countSync,
  disablePackage,
  insertPackage,
  lockPackages,
  type MemoryProduct,
  packageRows,
  type SeenPackage,
  updatePackage,
} from './store.ts';
import { watchPackages } from './watch.ts';

export const PROVIDER = 'smartvps';
const TIMEOUT_MS = 60_000;

/** The one whose packages are sold here; undefined: there is none. */
export async function packageAccount(services: Services): Promise<Account | undefined> {
  return defaultOf((await allAccounts(services)).filter(({ provider, active }) => provider === PROVIDER && active));
}

export async function mustPackageAccount(services: Services): Promise<Account> {
  const account = await packageAccount(services);
  if (account) return account;
  throw new Refusal(503, 'provider_not_configured', `${findProvider(services, PROVIDER)!.descriptor.name} API key not configured`);
}

const running = new WeakMap<object, Promise<SyncAnswer>>();

/** Whoever asks meanwhile gets the answer of the look that runs. @throws ProviderError, and nothing is changed then */
export function syncPackages(services: Services): Promise<SyncAnswer> {
  const key = services.hooks;
  const asked = running.get(key) ?? look(services).finally(() => running.delete(key));
  running.set(key, asked);
  return asked;
}

async function look(services: Services): Promise<SyncAnswer> {
  const account = await mustPackageAccount(services);
  const started = performance.now();
  const counted = { succeeded: 0, failed: 0, created: 0, disabled: 0, reEnabled: 0 };
  try {
    const stock = await readStock(services, account);
    const products = await ensureMemoryProducts(services, account);
    const results = await take(services, account, products, stock);
    const count = (action: SyncResult['action']): number => results.filter((each) => each.action === action).length;
    const [created, disabled, reEnabled] = [count('created'), count('disabled'), count('re-enabled')];
    Object.assign(counted, { succeeded: 1, created, disabled, reEnabled });
    // What may be ordered is what was just seen.
    await readCatalog(services, account, 'regions', true);
    await readCatalog(services, account, 'plans', true);
    const total = await packageRows(services.db, account.id);
    const summary = {
      created,
      updated: count('updated'),
      disabled,
      reEnabled,
      tookMs: Math.round(performance.now() - started),
      totalPackagesInAPI: stock.packages.length,
      totalIPStockEntries: total.length,
    };
    services.log.info(`[SVPS-SYNC] done ${JSON.stringify(summary)}`);
    return { success: true, summary, results };
  } catch (error) {
    counted.failed = 1;
    services.log.warn({ err: error }, '[SVPS-SYNC] failed; nothing was changed');
    throw error;
  } finally {
    await countSync(services.db, { ...counted, at: timeNow() });
    await watchPackages(services, account);
  }
}

async function readStock(services: Services, account: Account): Promise<PackageStock> {
  const stock = await mustCompute(services, account).packages?.({ signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!stock) throw new Error(`The account "${account.name}" sells no packages.`);
  services.log.info(`[SVPS-SYNC] packages fetched: ${stock.listed}, deduped: ${stock.packages.length}`);
  return stock;
}

async function take(
  services: Services,
  account: Account,
  products: readonly MemoryProduct[],
  { packages }: PackageStock,
): Promise<SyncResult[]> {
  const [product] = products;
  if (!product) throw new Error(`The account "${account.name}" has no sizes of memory in its settings, so nothing can be sold of it.`);
  return await inTransaction(services.db, async (tx) => {
    await lockPackages(tx, account.id);
    const rows = await packageRows(tx, account.id);
    services.log.info(`[SVPS-SYNC] existing SmartVPS IPStock entries: ${rows.length}`);
    const byKey = new Map(rows.map((row) => [row.externalKey, row]));
    const at = timeNow();
    const results: SyncResult[] = [];
    for (const seen of packages) {
      const key = `${seen.id}::${seen.name}`;
      const row = byKey.get(key);
      byKey.delete(key);
      results.push(row ? await again(services, tx, row, seen, at) : await first(tx, account.id, product.id, seen, at));
    }
    for (const row of byKey.values()) if (!row.missing) results.push(await gone(services, tx, row));
    return results;
  });
}

const sellable = ({ status, free }: SeenPackage): boolean => status === 'active' && free > 0;

async function first(tx: Db, accountId: string, productId: string, seen: SeenPackage, at: Date): Promise<SyncResult> {
  const id = await insertPackage(tx, accountId, productId, seen, at);
  return { action: 'created', id, pid: seen.id, name: seen.name, qty: seen.free, available: sellable(seen), status: seen.status };
}

async function again(services: Services, tx: Db, row: StockItem, seen: SeenPackage, at: Date): Promise<SyncResult> {
  await updatePackage(tx, row.id, seen, at);
  const about = { id: row.id, pid: seen.id, name: seen.name };
  if (row.available || !sellable(seen))
    return { action: 'updated', ...about, qty: seen.free, available: sellable(seen), status: seen.status };
  services.log.info(`[SVPS-SYNC] Package re-enabled (was disabled, now available): ${seen.id}::${seen.name}`);
  return { action: 're-enabled', ...about, wasAvailable: false, nowAvailable: true };
}

async function gone(services: Services, tx: Db, { id, externalPid, externalName }: StockItem): Promise<SyncResult> {
  await disablePackage(tx, id);
  services.log.info(`[SVPS-SYNC] Package missing from API, marking unavailable: ${externalPid}::${externalName}`);
  return { action: 'disabled', id, pid: externalPid!, name: externalName!, reason: 'missing_from_api', available: false };
}
