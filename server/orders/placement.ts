/** Where an item is placed: its product's candidates in order, the first that can be had now. */
import type { OrderItemRequest } from '../../contract/order.ts';
import { preferredImage } from '../../contract/release.ts';
import { stackResources, withoutSetupScript } from '../../stacks/user-data.ts';
import { allAccounts, providerOf } from '../accounts/accounts.ts';
import { readCatalog } from '../accounts/catalog.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Account } from '../kernel/database.ts';
import { refuseField, Refusal } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { offerOf } from '../products/offer.ts';
import type { ProductRow } from '../products/store.ts';
import type { ForWhom } from '../vps/create/dns.ts';
import { type SnapshotSource, sourceOf } from '../vps/create/source.ts';
import { prepareVps, type PreparedVps } from '../vps/vps.ts';

type Candidate = ProductRow['candidates'][number];

export interface Placed {
  readonly candidate: Candidate;
  readonly account: Account;
  readonly prepared: PreparedVps;
  /** In which the region is, where the provider tells. */
  readonly country: string | null;
}
const NONE: ReadonlySet<string> = new Set();

export interface Wanted {
  readonly tried?: ReadonlySet<string>;
  /** Another provider has to be in the same one. */
  readonly country?: string | null;
  readonly backups?: boolean;
}

interface Needs {
  readonly country: string | null;
  readonly backups: boolean;
  readonly source: SnapshotSource | null;
}

/** What a provider says when it does not have what was asked for: reasons to look elsewhere, not to refuse the customer. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'out_of_stock',
  'unknown_plan',
  'unknown_region',
  'unknown_image',
  'region_not_allowed',
  'image_not_in_region',
  'image_deprecated',
  'image_too_large',
  'disk_too_small',
  'snapshot_not_in_region',
  'not_supported',
  'simulator_off',
]);

/**
 * The candidates after those that were tried, each asked for what it has now. What the customer said wrong is refused at
 * once. @throws Refusal 409 `sold_out` when none of them has it
 */
export async function place(
  services: Services,
  who: ForWhom,
  product: ProductRow,
  request: OrderItemRequest,
  { tried = NONE, country = null, backups = false }: Wanted = {},
): Promise<Placed> {
  const accounts = new Map((await allAccounts(services)).map((account) => [account.id, account]));
  const source = request.from_snapshot === undefined ? null : await sourceOf(services, who, request);
  if (source) requireSoldThere(source, product);
  const reasons: Refusal[] = [];
  for (const candidate of product.candidates) {
    const account = accounts.get(candidate.accountId ?? '');
    if (!account || tried.has(candidate.id) || (source && source.vps.accountId !== account.id)) continue;
    try {
      const prepared = await at(services, who, candidate, account, request, { country, backups, source });
      if (prepared) return { candidate, account, prepared, country: await countryOf(services, account, prepared.spec.compute.region) };
    } catch (error) {
      if (!(error instanceof Refusal)) {
        // A provider that does not answer is not asked for a server now.
        services.log.warn({ err: error, account: account.id, product: product.id }, 'a place could not be asked');
        continue;
      }
      if (!ELSEWHERE.has(error.code)) throw error;
      reasons.push(error);
    }
  }
  const [first] = reasons;
  // A region or image that no place has is the customer's to change.
  if (first && first.status === 422 && reasons.every(({ code }) => code === first.code)) throw first;
  throw soldOut(product.name);
}

export function soldOut(name: string): Refusal {
  return new Refusal(409, 'sold_out', `"${name}" is sold out. Nothing was charged; choose another product or region, or try later.`);
}

/** A snapshot lives in one account: only the product's places there can have it. @throws Refusal */
function requireSoldThere({ vps }: SnapshotSource, { name, candidates }: ProductRow): void {
  if (candidates.some(({ accountId }) => accountId === vps.accountId)) return;
  const rule = `"${name}" is not sold where the snapshot is kept`;
  throw refuseField('from_snapshot', rule, 'Choose another product, or an image.', 422, 'snapshot_elsewhere');
}

/** Null: it does not have what was asked for. */
async function at(
  services: Services,
  who: ForWhom,
  candidate: Candidate,
  account: Account,
  request: OrderItemRequest,
  { country, backups, source }: Needs,
): Promise<PreparedVps | null> {
  const offer = await offerOf(services, account, candidate.plan, candidate.regions);
  if (!offer?.available) return null;
  const { label, hostname, ssh_keys, dns, tags, external_reference, from_snapshot, setup } = request;
  const near = source?.found.regions;
  const regions = request.region === undefined && near ? offer.regions.filter((id) => near.includes(id)) : offer.regions;
  if (regions.length === 0)
    throw refuseField('region', 'the snapshot is in none of the product’s', 'Choose another product.', 422, 'snapshot_not_in_region');
  const region = await regionAt(services, account, candidate, regions, request.region, country);
  const image = from_snapshot === undefined ? await imageAt(services, account, candidate, region, request.image) : request.image;
  const body = {
    label,
    hostname,
    ssh_keys,
    dns,
    tags,
    external_reference,
    type: candidate.plan,
    region,
    ...(image === undefined ? {} : { image }),
    ...(from_snapshot === undefined ? {} : { from_snapshot }),
    ...(backups ? { backups } : {}),
    ...(setup === undefined ? {} : { setup }),
  };
  const prepared = await prepareVps(services, who, body, { account, source });
  // It was tried whether it fits; secrets and script are made for the server itself, not for a quote.
  const { cloudInit } = prepared.spec;
  return { ...prepared, setup: null, spec: { ...prepared.spec, cloudInit: withoutSetupScript(cloudInit) } };
}

/** The one asked for; at another provider one in the same country; where none was asked for, the candidate's first. */
async function regionAt(
  services: Services,
  account: Account,
  candidate: Candidate,
  offered: readonly string[],
  wanted: string | undefined,
  country: string | null,
): Promise<string> {
  if (wanted === undefined) return candidate.regions.find((id) => offered.includes(id)) ?? offered[0]!;
  if (offered.includes(wanted)) return wanted;
  for (const id of country === null ? [] : offered) if ((await countryOf(services, account, id)) === country) return id;
  throw new Refusal(422, 'unknown_region', `region: "${wanted}" is not offered for this product.`, [
    { field: 'region', rule: 'is not offered for this product', remedy: 'Choose another region, or leave it out.' },
  ]);
}

async function countryOf(services: Services, account: Account, region: string): Promise<string | null> {
  return (await readCatalog(services, account, 'regions')).items.find(({ id }) => id === region)?.country ?? null;
}

/** The one asked for, or by its distribution where another provider calls it otherwise; else the candidate's first. */
async function imageAt(
  services: Services,
  account: Account,
  { plan, images }: Candidate,
  region: string,
  wanted: string | undefined,
): Promise<string> {
  const { items } = await readCatalog(services, account, 'images');
  const disk = (await readCatalog(services, account, 'plans')).items.find(({ id }) => id === plan)?.diskGb ?? 0;
  const usable = items.filter(
    (each) =>
      (images.length === 0 || images.includes(each.id)) &&
      !each.deprecated &&
      each.minDiskGb <= disk &&
      (each.regions?.includes(region) ?? true),
  );
  if (wanted === undefined) {
    const first = images.map((id) => usable.find((each) => each.id === id)).find((each) => each !== undefined);
    const found = first ?? preferredImage(usable, timeNow().toISOString().slice(0, 10));
    if (found) return found.id;
    throw new Refusal(422, 'unknown_image', 'image: the product has none that fits.');
  }
  const found = usable.find(({ id }) => id === wanted) ?? usable.find(({ name }) => alike(name) === alike(wanted));
  if (found) return found.id;
  throw new Refusal(422, 'unknown_image', `image: "${wanted}" is not offered for this product.`, [
    { field: 'image', rule: 'is not offered for this product', remedy: 'Choose another image, or leave it out.' },
  ]);
}

/** `ubuntu-24-04-x64`, `Ubuntu 24.04 LTS x64` and `linode/ubuntu24.04` alike. */
function alike(name: string): string {
  return name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replaceAll(/\b(x64|lts|amd64|x86_64)\b/g, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

/** What its stack would ask for, as a quote shows it. */
export function previewOf(services: Services, { account, prepared }: Placed) {
  return stackResources(prepared.spec, providerOf(services, account).descriptor);
}
