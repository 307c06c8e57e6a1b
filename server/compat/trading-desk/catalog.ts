/** What the trading desk may choose from at a provider, in the older system's words. */
import type { z } from 'zod';
import type { DeskAccount, DeskImages, DeskInstance, DeskOverview, DeskPlans, DeskRegions } from '../../../contract/compat/trading-desk.ts';
import type { Image, InstanceSummary, Plan } from '../../../providers/provider.ts';
import { allAccounts, clientOf, defaultOf, mustCompute } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Account } from '../../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import { findProvider, type Services } from '../../kernel/services.ts';
import { proposalsOf } from './recommended.ts';

const TIMEOUT_MS = 30_000;
const VERSIONS = ['2016', '2019', '2022'] as const;

/** The default account of the provider, else its oldest; null: there is none. @throws Refusal 422 for a provider nobody knows */
export async function deskAccount(services: Services, provider: string): Promise<Account | null> {
  if (!findProvider(services, provider)?.compute)
    throw refuseField(
      'provider',
      'no provider of servers has this id',
      'Leave it out for vultr, or take one from GET /api/admin/providers.',
    );
  return defaultOf((await allAccounts(services)).filter((account) => account.provider === provider)) ?? null;
}

/** @throws Refusal 503 in the older system's words */
export async function mustDeskAccount(services: Services, provider: string): Promise<Account> {
  const account = await deskAccount(services, provider);
  if (account) return account;
  const { name } = findProvider(services, provider)!.descriptor;
  throw new Refusal(503, 'provider_not_configured', `${name} API key not configured`);
}

/** Ids that are numbers there are numbers here. */
export const idOf = (id: string): number | string => (/^\d{1,9}$/.test(id) ? Number(id) : id);
const monthly = (plan: Plan): number => Number(plan.priceMonthly);
const isWindows = (image: Image): boolean => image.family === 'windows' && !image.deprecated;

export async function overview(services: Services, provider: string): Promise<z.input<typeof DeskOverview>> {
  const account = await deskAccount(services, provider);
  const nothing = { recommendedPlans: {}, recommendedRegions: {}, windowsOS: {} };
  if (!account) return { success: true, configured: false, provider, ...nothing };
  const [plans, regions, images] = await Promise.all([
    readCatalog(services, account, 'plans'),
    readCatalog(services, account, 'regions'),
    readCatalog(services, account, 'images'),
  ]);
  const proposals = proposalsOf(provider, plans.items, regions.items);
  const recommendedPlans = proposals.plans.flatMap(({ id, name, bestFor }) => {
    const plan = plans.items.find((each) => each.id === id);
    if (!plan) return [];
    const { vcpus, memoryMb, diskGb, currency } = plan;
    return [[id, { id, name, vcpus, ram: memoryMb, disk: diskGb, monthlyCost: monthly(plan), currency, bestFor }] as const];
  });
  const recommendedRegions = proposals.regions.flatMap(({ id, name, bestFor }) => {
    const region = regions.items.find((each) => each.id === id);
    return region ? [[id, { id, city: name, country: region.country, bestFor }] as const] : [];
  });
  const windowsOS = VERSIONS.flatMap((version) => {
    const image = images.items.find((each) => isWindows(each) && each.name.includes(version) && !each.name.includes('Core'));
    return image ? [[version, { id: idOf(image.id), name: image.name }] as const] : [];
  });
  return {
    success: true,
    configured: true,
    provider,
    recommendedPlans: Object.fromEntries(recommendedPlans),
    recommendedRegions: Object.fromEntries(recommendedRegions),
    windowsOS: Object.fromEntries(windowsOS),
  };
}

export async function accountNow(services: Services, provider: string): Promise<z.input<typeof DeskAccount>> {
  const account = await mustDeskAccount(services, provider);
  const info = await mustCompute(services, account).account({ signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { email, pendingCharges, lastPayment } = info;
  return {
    success: true,
    account: {
      name: info.name,
      email: email ?? '',
      // There the two stand apart.
      balance: Number((Number(info.balance?.amount ?? 0) - Number(pendingCharges?.amount ?? 0)).toFixed(2)),
      pending_charges: Number(pendingCharges?.amount ?? 0),
      ...(lastPayment ? { last_payment_date: lastPayment.at, last_payment_amount: Number(lastPayment.amount) } : {}),
    },
  };
}

export async function regions(services: Services, provider: string): Promise<z.input<typeof DeskRegions>> {
  const account = await mustDeskAccount(services, provider);
  const { items } = await readCatalog(services, account, 'regions');
  return {
    success: true,
    regions: items.filter(({ available }) => available).map(({ id, name, country }) => ({ id, city: name, country })),
  };
}

/** Those that can run Windows, where the provider has it at all; else all. */
export async function plans(services: Services, provider: string): Promise<z.input<typeof DeskPlans>> {
  const account = await mustDeskAccount(services, provider);
  const [{ items }, images] = await Promise.all([readCatalog(services, account, 'plans'), readCatalog(services, account, 'images')]);
  const windows = images.items.some(isWindows);
  const shown = items.filter((plan) => plan.available && (!windows || plan.windows !== false));
  return {
    success: true,
    plans: shown.map((plan) => ({
      id: plan.id,
      vcpu_count: plan.vcpus,
      ram: plan.memoryMb,
      disk: plan.diskGb,
      bandwidth: plan.transferGb,
      monthly_cost: monthly(plan),
      type: plan.id.split('-')[0]!,
      locations: [...plan.regions],
    })),
  };
}

/** Windows, where the provider has it; else what it has. */
export function systemsOf(items: readonly Image[]): readonly Image[] {
  const windows = items.filter(isWindows);
  return windows.length > 0 ? windows : items.filter((image) => !image.deprecated);
}

export async function images(services: Services, provider: string): Promise<z.input<typeof DeskImages>> {
  const account = await mustDeskAccount(services, provider);
  const { items } = await readCatalog(services, account, 'images');
  return {
    success: true,
    os: systemsOf(items).map((image) => ({
      id: idOf(image.id),
      name: image.name,
      family: image.family === 'windows' ? 'windows' : image.distribution,
      ...(image.architectures?.[0] === undefined ? {} : { arch: image.architectures[0] }),
    })),
  };
}

/** @throws Refusal 404 */
export async function instanceNow(services: Services, account: Account, id: string): Promise<z.input<typeof DeskInstance>> {
  const found = await clientOf(services, account).compute?.getInstance(id, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!found) throw notFound('instance', id);
  return {
    success: true,
    instance: {
      id: found.id,
      ...statusWords(found),
      main_ip: addressOf(found.ipv4),
      region: found.region,
      plan: found.plan,
      os: found.image,
    },
  };
}

/** 0.0.0.0 and nothing mean that there is none yet. */
export const addressOf = (ip: string | null): string | null => (ip === null || ip === '' || ip === '0.0.0.0' ? null : ip);

/** The older system's three words for what a server does. */
export function statusWords({ status }: Pick<InstanceSummary, 'status'>): { status: string; power_status: string; server_status: string } {
  const building = status === 'creating';
  return {
    status: building ? 'pending' : status === 'suspended' ? 'suspended' : 'active',
    power_status: status === 'running' || status === 'busy' ? 'running' : 'stopped',
    server_status: building ? 'installingbooting' : status === 'busy' ? 'locked' : 'ok',
  };
}
