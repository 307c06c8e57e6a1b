/** Taking a server that is there already into a stack: what will be recorded, what will change, and the order. */
import { sealPassword } from '../password/life.ts';
import type { InventoryImport, InventoryImportPreview } from '../../../contract/import.ts';
import { isOwnTag, parseIdentityTag, PLINTH_TAG } from '../../../providers/identity.ts';
import { markOf } from '../../../providers/manners.ts';
import type { ComputeClient, Descriptor, InstanceSummary, Provider } from '../../../providers/provider.ts';
import { CloudInitSpec, type VpsSpec } from '../../../stacks/spec.ts';
import { assertPlan, PlanError } from '../../../stacks/user-data.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Account, brokenUnique, type Commit, type Db } from '../../kernel/database.ts';
import { type InventoryItem, inventoryById } from '../../accounts/inventory/store.ts';
import { insertVps, livingLabelExists, livingVpsOf, vpsById } from '../store.ts';
import { clientOf, endpointFor, mustAccount, providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { claimDnsName, requireNameFree } from '../dns-names/dns-names.ts';
import { requireUnclaimed } from './claim.ts';
import { checkLabel } from '../create/checks.ts';
import { hostOf } from '../../kernel/host-names.ts';
import { planDns } from '../create/dns.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { type Accepted, labelTaken, newVpsId, requestOperation, organizationFor } from '../vps.ts';
import { atRest } from '../user-data.ts';
import { parseSpec } from '../create/plan.ts';

const LOOK_TIMEOUT_MS = 30_000;
/** Of a VPS that Plinth made; a tag of another form cannot become one's id. */
const VPS_ID = /^[a-z0-9]{16}$/;
const SETTLED: readonly string[] = ['running', 'stopped'];

/** Who orders it, and for whom. */
interface OwnerToBe {
  readonly principal: Principal;
  readonly organizationId: string;
}

interface PlannedImport {
  readonly item: InventoryItem;
  readonly account: Account;
  readonly dnsAccount: Account | null;
  readonly seen: InstanceSummary;
  /** The server names this VPS by its tag already. */
  readonly tagged: boolean;
  readonly spec: VpsSpec;
}

/** A stranger's server, or one of ours whose VPS this database never had. */
export function isImportable({ kind, reason, goneAt }: Pick<InventoryItem, 'kind' | 'reason' | 'goneAt'>): boolean {
  return goneAt === null && (kind === 'unmanaged' || (kind === 'orphan' && reason === 'unknown_vps'));
}

/** What an import would record and change; nothing is written and nothing is sent but reads. @throws Refusal */
export async function previewImport(
  services: Services,
  principal: Principal,
  itemId: string,
  body: InventoryImport,
): Promise<InventoryImportPreview> {
  const organizationId = await organizationFor(services, principal, body.organization_id);
  const { item, account, seen, tagged, spec } = await planImport(services, { principal, organizationId }, itemId, body);
  const { compute, dns } = spec;
  const provider = providerOf(services, account);
  const kinds = compute.ipv6 ? 'A and AAAA' : 'A';
  return {
    item_id: item.id,
    object_id: seen.id,
    record: {
      label: spec.label,
      hostname: spec.hostname,
      region: compute.region,
      plan: compute.plan,
      image: seen.image,
      ipv4: seen.ipv4,
      ipv6: seen.ipv6,
      backups: compute.backups,
      tags: spec.tags,
      dns_name: dns?.name ?? null,
      password_known: body.root_pass !== undefined,
    },
    changes: [
      ...(tagged ? [] : [markWords(provider)]),
      ...(dns ? [`DNS records (${kinds}) are made for ${dns.name}.`] : []),
      ...(dns?.reverse ? [`Its addresses lead back to ${dns.name}; the reverse names they have now are lost.`] : []),
    ],
    not_taken_over: notTakenOver(seen, nameOf(provider, seen), body),
  };
}

function markWords({ descriptor }: Provider): string {
  return markOf(descriptor).carrier === 'name'
    ? 'The mark of its VPS is put before the server’s name.'
    : 'The server gets one more tag, which names its VPS.';
}

function notTakenOver(seen: InstanceSummary, name: string, { root_pass: password }: InventoryImport): string[] {
  return [
    'SSH keys and user data are not known; they stay as they are until a reinstall.',
    'Networks, volumes and schedules set up at the provider stay as they are; Plinth neither shows nor changes them. So do its firewalls, whose place rules that are set for the VPS may take.',
    `Its name at the provider, "${name}", stays until the VPS is renamed or reinstalled.`,
    ...(seen.image === null ? ['Its image is not known; a reinstall needs one named.'] : []),
    ...(password === undefined ? ['Its password is not known; a reset or a reinstall makes a new one.'] : []),
  ];
}

/** Records the VPS and orders the import. @throws Refusal when the server cannot be had, or another VPS has it. */
export async function prepareImport(
  services: Services,
  principal: Principal,
  itemId: string,
  body: InventoryImport,
): Promise<Commit<Accepted>> {
  const organizationId = await organizationFor(services, principal, body.organization_id);
  const { account, dnsAccount, seen, tagged, spec } = await planImport(services, { principal, organizationId }, itemId, body);
  const { vpsId: id, compute } = spec;
  if (await livingLabelExists(services.db, organizationId, body.label)) throw labelTaken(body.label);
  const requestedPassword = body.root_pass === undefined ? null : sealPassword(services.secrets, 'requestedPassword', id, body.root_pass);
  const record = async (tx: Db): Promise<Accepted> => {
    await requireUnclaimed(tx, account, seen.id);
    const vps = await insertVps(tx, {
      id,
      organizationId,
      label: body.label,
      hostname: spec.hostname,
      status: 'provisioning',
      ...atRest(services.secrets, spec),
      generation: spec.generation,
      provider: account.provider,
      accountId: account.id,
      dnsAccountId: dnsAccount?.id ?? null,
      region: compute.region,
      plan: compute.plan,
      image: compute.image,
      requestedPassword,
      externalReference: null,
      // From now on no other import can have it.
      instanceId: seen.id,
      importing: { objectId: seen.id, tagged },
    });
    if (spec.dns) await claimDnsName(tx, vps, spec.dns, 'dns.name');
    const data = { account: account.id, label: seen.label, vps: id };
    await appendAudit(tx, { actor: principal.name, action: 'inventory.import-ordered', target: seen.id, organizationId, data });
    return { vps, operation: await requestOperation(services, tx, principal, vps, 'import') };
  };
  return (tx) =>
    record(tx).catch((error: unknown) => {
      throw brokenUnique(error) === null ? error : labelTaken(body.label);
    });
}

async function planImport(services: Services, who: OwnerToBe, itemId: string, body: InventoryImport): Promise<PlannedImport> {
  const item = await inventoryById(services.db, itemId);
  if (!item || item.goneAt !== null) throw notFound('inventory item', itemId);
  if (!isImportable(item)) throw notImportable(item);
  const account = await mustAccount(services, item.accountId);
  const provider = providerOf(services, account);
  const { descriptor } = provider;
  endpointFor(services, provider, account.endpointKind, 'account');
  checkLabel(body.label);
  const hostname = body.hostname === undefined ? undefined : hostOf('hostname', body.hostname);
  const { compute } = clientOf(services, account);
  if (!compute?.removeTag)
    throw new Refusal(409, 'not_supported', `${descriptor.name} has no way to mark a server as a VPS’s, so it cannot be imported.`);
  const owner = await livingVpsOf(services.db, account, item.objectId);
  if (owner) throw new Refusal(409, 'already_recorded', `The server ${item.objectId} belongs to the VPS "${owner.label}" already.`);
  const seen = await lookAt(compute, item);
  if (body.dns && seen.ipv4 === null) throw noAddress(seen);
  const { vpsId, generation, tagged } = await identityOfImport(services, item, seen);
  const dns = body.dns ? await planDns(services, who, account, { label: body.label, dns: { enabled: true, ...body.dns } }) : null;
  const spec = parseSpec({
    version: 1,
    vpsId,
    generation,
    label: body.label,
    hostname: dns?.spec.name ?? hostname ?? body.label,
    compute: {
      ...factsOf(seen),
      provider: account.provider,
      accountId: account.id,
      windows: await isWindows(services, account, seen),
      options: account.configuration,
      imported: { id: seen.id, label: nameOf(provider, seen), marked: seen.tags.includes(PLINTH_TAG) },
    },
    dns: dns?.spec ?? null,
    tags: tagsOf(seen),
    sshPublicKeys: [],
    firewall: null,
    cloudInit: CloudInitSpec.parse({}),
  });
  requireBuildable(spec, descriptor, body.root_pass);
  if (dns) await requireNameFree(services, who.principal, { ...who, dns: dns.spec, account: dns.account, vpsId, field: 'dns.name' });
  return { item, account, dnsAccount: dns?.account ?? null, seen, tagged, spec };
}

/** What the listing tells that a spec holds too. An image that is not told is ''. */
export function factsOf({ region, plan, image, ipv6, backups }: InstanceSummary) {
  return { region, plan, image: image ?? '', ipv6: ipv6 !== null, backups: backups === true };
}

/** What the server is called at its provider, without the mark that some keep in the name. */
export function nameOf({ descriptor }: Pick<Provider, 'descriptor'>, { label }: InstanceSummary): string {
  if (markOf(descriptor).carrier !== 'name') return label;
  return label
    .split('.')
    .filter((piece) => parseIdentityTag(piece) === null)
    .join('.');
}

/** The tags that are not Plinth's own, each once. */
export function tagsOf({ tags }: InstanceSummary): string[] {
  return [...new Set(tags)].filter((tag) => !isOwnTag(tag));
}

async function lookAt(compute: ComputeClient, { objectId }: InventoryItem): Promise<InstanceSummary> {
  const seen = await compute.getInstance(objectId, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) });
  if (!seen)
    throw new Refusal(409, 'already_gone', `The provider has no server ${objectId} any more. The next sweep takes it off the inventory.`);
  if (!SETTLED.includes(seen.status))
    throw new Refusal(
      409,
      'server_busy',
      `The server ${objectId} is ${seen.status}; only a running or stopped one is imported. Try later.`,
    );
  if (seen.plan === '') throw new Refusal(409, 'plan_unknown', `The provider does not tell the plan of server ${objectId}.`);
  return seen;
}

function noAddress({ id }: InstanceSummary): Refusal {
  const remedy = 'Start it at the provider, or import it without "dns".';
  return refuseField('dns', `the server ${id} has no IPv4 address now that a name could lead to`, remedy, 409, 'no_address');
}

/** A stranger's server gets a new VPS; one whose VPS was lost becomes that VPS again. @throws Refusal 409 for anybody else's. */
async function identityOfImport(services: Services, item: InventoryItem, seen: InstanceSummary) {
  const own = seen.tags.filter((tag) => isOwnTag(tag) && tag !== PLINTH_TAG);
  if (own.length === 0 && item.kind === 'unmanaged') return { vpsId: newVpsId(), generation: 1, tagged: false };
  const [identity] = own.map(parseIdentityTag);
  const lost = own.length === 1 && identity && VPS_ID.test(identity.vpsId) && item.vpsId === identity.vpsId ? identity : null;
  if (lost && (await vpsById(services.db, null, lost.vpsId)) === null) return { ...lost, tagged: true };
  throw new Refusal(
    409,
    'foreign_identity',
    `The server ${seen.id} carries ${own.map((tag) => `"${tag}"`).join(', ') || 'no tag of its VPS any more'}: it is not what the inventory saw, or somebody else’s. ` +
      'Run the drift sweep again, and take off tags that no longer mean anything.',
  );
}

/** A system that the catalogue does not have counts as Linux: only an order needs to know, and it names another image. */
async function isWindows(services: Services, account: Account, { image }: InstanceSummary): Promise<boolean> {
  if (image === null) return false;
  const { items } = await readCatalog(services, account, 'images');
  return items.find(({ id }) => id === image)?.family === 'windows';
}

function requireBuildable(spec: VpsSpec, descriptor: Descriptor, password: string | undefined): void {
  try {
    assertPlan(spec, descriptor, password);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const [first] = error.problems;
    throw refuseField(
      first!.field,
      first!.rule,
      `${first!.remedy} What the server itself has is changed at the provider.`,
      409,
      'not_importable',
    );
  }
}

function notImportable({ kind, objectId, reason }: InventoryItem): Refusal {
  const why =
    kind !== 'orphan'
      ? 'it is no server'
      : reason === 'not_adopted'
        ? 'its VPS lives: retry that VPS, which adopts it'
        : 'it was made for a VPS that this Plinth knows';
  return new Refusal(409, 'not_importable', `The ${kind} ${objectId} cannot be imported: ${why}.`);
}
