/** From a request to a spec: everything is checked against catalogue and policy before anything is created. */
import type { SetupRequest } from '../../../contract/setup-profile.ts';
import type { VpsCreate } from '../../../contract/vps.ts';
import type { Descriptor, Plan } from '../../../providers/provider.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { assertPlan, PlanError } from '../../../stacks/user-data.ts';
import { onPlatform } from '../../kernel/can.ts';
import { refuseField, Refusal } from '../../kernel/problem.ts';
import type { Account } from '../../kernel/database.ts';
import { optionsOf } from '../../accounts/options.ts';
import { allAccounts, endpointFor, mustAccount, providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { checkOrder, checkPassword } from './checks.ts';
import { type ForWhom, planDns } from './dns.ts';
import { requireFits, requireItsAccount, type SnapshotSource, sourceOf } from './source.ts';
import { type PreparedSetup, prepareSetup } from '../setup/prepare.ts';
import type { Services } from '../../kernel/services.ts';
import { normalSshKey } from '../ssh-keys/public-key.ts';

/** What the request says of one account's catalogue, and the spec it becomes. */
export interface PlannedVps {
  readonly account: Account;
  readonly dnsAccount: Account | null;
  readonly spec: VpsSpec;
  /** Null: no setup profile was asked for. */
  readonly setup: PreparedSetup | null;
}

/** An account that is not the caller's to choose, with the snapshot that it was chosen by. */
export interface ChosenPlace {
  readonly account: Account;
  readonly source: SnapshotSource | null;
}

export async function planVps(
  services: Services,
  who: ForWhom,
  vpsId: string,
  given: VpsCreate,
  chosen?: ChosenPlace,
): Promise<PlannedVps> {
  const { hostname } = checkOrder(given);
  const source = chosen ? chosen.source : await sourceOf(services, who, given);
  const { body, account } = chosen ? { body: given, account: chosen.account } : await placeOf(services, who, given, source);
  if (source) requireItsAccount(source, account.id, chosen ? 'from_snapshot' : 'provider_id');
  const provider = providerOf(services, account);
  const { descriptor } = provider;
  endpointFor(services, provider, account.endpointKind, 'provider_id');
  const { plan, plans } = await checkPlan(services, account, body);
  const { image, windows } = await beginningOf(services, account, body, plan, source);
  if (source) requireFits(source, plan, body.region, plans, chosen ? 'product_id' : 'type');
  checkFeatures(provider.descriptor, body, windows);
  if (body.root_pass !== undefined) checkPassword(body.root_pass, descriptor.password);
  const dns = await planDns(services, who, account, body);
  const spec = {
    version: 1,
    vpsId,
    generation: 1,
    label: body.label,
    hostname: dns?.spec.name ?? hostname ?? body.label,
    compute: {
      provider: account.provider,
      accountId: account.id,
      region: body.region,
      plan: plan.id,
      image,
      ...(source ? { snapshotId: source.found.id } : {}),
      windows,
      ipv6: body.ipv6 ?? (descriptor.capabilities.ipv6.can && optionsOf(account).ipv6Enabled !== false),
      backups: body.backups ?? (descriptor.capabilities.backups.can && optionsOf(account).backupEnabled === true),
      options: account.configuration,
    },
    dns: dns?.spec ?? null,
    tags: body.tags,
    sshPublicKeys: body.ssh_keys.map(normalSshKey),
    firewall: body.firewall ?? null,
    cloudInit: cloudInit(body),
  };
  const dnsAccount = dns?.account ?? null;
  if (body.setup === undefined) return { account, dnsAccount, spec: buildableSpec(spec, descriptor, body.root_pass), setup: null };
  return { account, dnsAccount, ...(await withSetup(services, spec, descriptor, body.setup, body.root_pass)) };
}

/** The spec with the script in it, and what is to be kept of it. @throws Refusal */
export async function withSetup(
  services: Services,
  given: unknown,
  descriptor: Descriptor,
  setup: SetupRequest,
  rootPassword?: string,
): Promise<Pick<PlannedVps, 'spec' | 'setup'>> {
  const spec = parseSpec(given);
  if (spec.compute.windows) throw refuseField('setup', 'is for Linux servers', 'Leave it out.', 422, 'not_supported');
  const prepared = await prepareSetup(services, spec, setup);
  return { spec: buildableSpec(prepared.spec, descriptor, rootPassword), setup: prepared.setup };
}

/** @throws Refusal naming the first field that is wrong. */
export function parseSpec(spec: unknown): VpsSpec {
  const parsed = VpsSpec.safeParse(spec);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    field: issue.path.map(String).join('.').replace('cloudInit', 'cloud_init'),
    rule: issue.message,
    remedy: 'Correct the value; /api/docs shows the body.',
  }));
  throw new Refusal(422, 'invalid_request', `${errors[0]!.field}: ${errors[0]!.rule}`, errors);
}

/**
 * The spec, when the stack's program will take it: what is accepted can be planned. Every way in asks here.
 * @throws Refusal with every problem, in the words of the program.
 */
export function buildableSpec(given: unknown, descriptor: Descriptor, rootPassword?: string): VpsSpec {
  const spec = parseSpec(given);
  try {
    assertPlan(spec, descriptor, rootPassword);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const errors = error.problems.map((problem) => ({ ...problem, field: fieldOnWire(problem.field, spec) }));
    throw new Refusal(422, 'invalid_request', `${errors[0]!.field}: ${errors[0]!.rule}`, errors);
  }
  return spec;
}

/** What a request calls the part of the spec. */
function fieldOnWire(field: string, spec: VpsSpec): string {
  if (field === 'hostname' && spec.hostname === spec.label) return 'label';
  return field
    .replace(/^compute\.options/, 'configuration')
    .replace(/^compute\.windows$/, 'image')
    .replace(/^compute\.snapshotId$/, 'from_snapshot')
    .replace(/^compute\./, '')
    .replace('sshPublicKeys', 'ssh_keys')
    .replace('rootPassword', 'root_pass')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `type` may be a product: its first place is meant. Else the account that has the plan. */
async function placeOf(
  services: Services,
  who: ForWhom,
  given: VpsCreate,
  source: SnapshotSource | null,
): Promise<{ body: VpsCreate; account: Account }> {
  const product = UUID.test(given.type) ? await services.planNames.ofProduct?.(given.type) : null;
  if (!product) {
    // A snapshot has chosen the account.
    const asked = source && given.provider_id === undefined ? source.vps.accountId : undefined;
    return { body: given, account: await resolveAccount(services, who, given, asked) };
  }
  const account = await mustAccount(services, product.accountId);
  if (!account.active)
    throw refuseField(
      'type',
      `the account ${nameOf(services, account)} is switched off for new servers`,
      'Choose another.',
      409,
      'account_inactive',
    );
  return { body: { ...given, type: product.plan }, account };
}
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The named account, or the only one whose catalogue has the plan, or the default one of several. */
async function resolveAccount(services: Services, { principal }: ForWhom, body: VpsCreate, known?: string): Promise<Account> {
  if (body.provider_id !== undefined && !onPlatform(principal))
    throw refuseField('provider_id', 'is chosen by the operator of Plinth', 'Leave it out.', 403, 'forbidden');
  const named = body.provider_id ?? known;
  if (named !== undefined) {
    const account = await mustAccount(services, named).catch(() => null);
    if (!account || !providerOf(services, account).compute)
      throw refuseField('provider_id', 'no such compute account', 'Take an id from GET /api/admin/providers, or leave it out.');
    if (!account.active)
      throw refuseField(
        'provider_id',
        `the account ${account.name} is switched off for new servers`,
        'Choose another, or set its `active`.',
        409,
        'account_inactive',
      );
    return account;
  }
  const accounts = (await allAccounts(services)).filter((account) => account.active && providerOf(services, account).compute);
  if (accounts.length === 0)
    throw new Refusal(
      409,
      'no_accounts',
      'No provider account is there for new servers. Add one with POST /api/admin/providers, or set `active` on one that is switched off.',
    );
  const answers = await Promise.allSettled(accounts.map((account) => readCatalog(services, account, 'plans')));
  const offering = accounts.filter((_, index) => {
    const result = answers[index]!;
    return result.status === 'fulfilled' && result.value.items.some((plan) => plan.id === body.type);
  });
  const preferred = offering.filter((account) => optionsOf(account).default === true);
  if (preferred.length === 1) return preferred[0]!;
  if (offering.length === 1) return offering[0]!;
  if (offering.length > 1)
    throw refuseField(
      'provider_id',
      `${offering.length} accounts offer "${body.type}"`,
      onPlatform(principal)
        ? `Send provider_id, one of: ${offering.map((account) => `${account.id} (${account.name})`).join(', ')}; or set default on one of them.`
        : 'Choose another plan, or ask the operator of Plinth to set a default.',
      422,
      'ambiguous_plan',
    );
  const failed = answers.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  throw refuseField(
    'type',
    `no account offers a plan "${body.type}"`,
    'Take a plan id from GET /api/admin/upstream/plans.',
    422,
    'unknown_plan',
  );
}

/** What an account's offer is called to whoever asks: the account's own name is the seller's. */
export function nameOf(services: Services, account: Pick<Account, 'provider'>): string {
  return providerOf(services, account).descriptor.name;
}

/** What can be had there now, by the catalogue; `plans` are all of the account. @throws Refusal */
async function checkPlan(services: Services, account: Account, body: VpsCreate): Promise<{ plan: Plan; plans: readonly Plan[] }> {
  const [{ items: plans }, { items: regions }] = await Promise.all([
    readCatalog(services, account, 'plans'),
    readCatalog(services, account, 'regions'),
  ]);
  const plan = plans.find((item) => item.id === body.type);
  if (!plan) throw unknown(services, account, 'type', 'plan', body.type);
  const region = regions.find((item) => item.id === body.region);
  if (!region) throw unknown(services, account, 'region', 'region', body.region);
  const { allowedRegions: allowed = [] } = optionsOf(account);
  if (allowed.length > 0 && !allowed.includes(region.id))
    throw refuseField('region', `the account allows only: ${allowed.join(', ')}`, 'Choose one of them.', 422, 'region_not_allowed');
  if (!region.available || !plan.available)
    throw refuseField(
      region.available ? 'type' : 'region',
      'it is not available now',
      'Choose another, or try later.',
      409,
      'out_of_stock',
    );
  if (!plan.regions.includes(region.id))
    throw refuseField(
      'region',
      `the plan ${plan.id} cannot be had in ${region.id} now`,
      `It can in: ${plan.regions.join(', ') || 'no region'}.`,
      409,
      'out_of_stock',
    );
  return { plan, plans };
}

function unknown(services: Services, account: Account, field: string, word: 'plan' | 'region' | 'image', id: string): Refusal {
  const remedy = `Take one from GET /api/admin/upstream/${word}s.`;
  return refuseField(field, `${nameOf(services, account)} has no ${word} "${id}"`, remedy, 422, `unknown_${word}`);
}

/** Its system: that of an image of the catalogue, or the one on the snapshot, which a later reinstall has again. @throws Refusal */
async function beginningOf(
  services: Services,
  account: Account,
  body: VpsCreate,
  plan: Plan,
  source: SnapshotSource | null,
): Promise<{ image: string; windows: boolean }> {
  if (source) return { image: source.row.image, windows: false };
  const { items } = await readCatalog(services, account, 'images');
  const image = items.find((item) => item.id === body.image);
  if (!image) throw unknown(services, account, 'image', 'image', body.image ?? '');
  if (image.regions !== null && !image.regions.includes(body.region))
    throw refuseField('image', `it is not in the region ${body.region}`, 'Choose another image or region.', 422, 'image_not_in_region');
  if (image.deprecated) throw refuseField('image', 'the provider no longer offers it', 'Choose a newer image.', 422, 'image_deprecated');
  if (image.minDiskGb > plan.diskGb)
    throw refuseField(
      'image',
      `it needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`,
      'Choose a larger plan.',
      422,
      'image_too_large',
    );
  if (plan.architecture !== undefined && image.architectures?.includes(plan.architecture) === false)
    throw refuseField(
      'image',
      `it runs on ${image.architectures.join(', ')}; the plan's processor is ${plan.architecture}`,
      'Choose an image for that processor, or another plan.',
      422,
      'image_architecture',
    );
  return { image: image.id, windows: image.family === 'windows' };
}

function checkFeatures(descriptor: ReturnType<typeof providerOf>['descriptor'], body: VpsCreate, windows: boolean): void {
  const { capabilities } = descriptor;
  const refuse = (field: string, capability: { can: boolean; reason?: string }): void => {
    if (!capability.can) throw refuseField(field, capability.reason ?? 'the provider cannot', 'Leave it out.', 422, 'not_supported');
  };
  if (windows) refuse('image', capabilities.windows);
  if (body.ipv6) refuse('ipv6', capabilities.ipv6);
  if (body.backups) refuse('backups', capabilities.backups);
  if (body.firewall) refuse('firewall', capabilities.firewall);
  if (body.dns?.reverse) refuse('dns.reverse', capabilities.reverseDns);
  if (windows && (body.ssh_keys.length > 0 || body.cloud_init))
    throw refuseField(
      body.ssh_keys.length > 0 ? 'ssh_keys' : 'cloud_init',
      'Windows images take neither',
      'Leave it out.',
      422,
      'not_supported',
    );
}

export function cloudInit(body: VpsCreate): unknown {
  const given = body.cloud_init ?? {};
  return {
    packages: given.packages,
    packageUpdate: given.package_update,
    packageUpgrade: given.package_upgrade,
    users: given.users?.map((user) => ({
      name: user.name,
      sudo: user.sudo,
      shell: user.shell,
      sshPublicKeys: user.ssh_keys?.map(normalSshKey),
    })),
    files: given.files,
    services: given.services,
    timezone: given.timezone,
  };
}
