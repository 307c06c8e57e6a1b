/**
 * A stack's resources are the vendors' own types, so that it can be moved to the vendors' plugins and back. Each provider's stack, made by
 * the real program and engine, is compared with the vendor's schema by value; handed to stand-ins that read it as the vendor's plugins do;
 * and taken back. A stack that was made before its state had all this is no different to the program.
 */
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench, type StateResource } from '../../automation/provider-host/engine.fixture.ts';
import { openProviderHost, type ProviderHost } from '../../automation/provider-host/host.ts';
import { simulatedCredentialOf } from '../../providers/credential.ts';
import { findProvider, providers } from '../../providers/list.ts';
import type { AccountConnection, Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { program } from '../../stacks/vps.ts';
import { cloudsOf } from '../support/clouds.ts';
import { testEngine } from '../support/engine.ts';
import { outputComplaints, schemaOutputs, vendorOutputs, type Property } from '../support/vendor-schema.ts';
import { startVendorPlugin, type VendorPlugin } from '../support/vendor-plugin.ts';

const SDKS: Readonly<Record<string, string>> = {
  linode: '@pulumi/linode',
  digitalocean: '@pulumi/digitalocean',
  vultr: '@ediri/vultr',
  cloudflare: '@pulumi/cloudflare',
  random: '@pulumi/random',
};
const MACHINES: Readonly<Record<string, readonly [region: string, plan: string, image: string]>> = {
  linode: ['eu-central', 'g6-standard-1', 'linode/debian12'],
  digitalocean: ['fra1', 's-1vcpu-1gb', 'debian-12-x64'],
  hetzner: ['nbg1', 'cx23', 'debian-12'],
  vultr: ['ewr', 'vc2-1c-2gb', '2284'],
};
/** Where the vendor's own states differ from what its SDK declares, with the reason. */
const EXCEPTIONS: readonly (readonly [complaint: RegExp, reason: string])[] = [
  [/^Instance\.configs.*\.diskLabel: unknown/, 'The plugin of Linode writes it; its SDK no longer declares it.'],
  [
    /^DnsRecord\.(comment|tags)ModifiedOn: missing/,
    'There is none until there was a comment or a tag, and the plugin takes no empty time.',
  ],
  [/^DnsRecord\.settings\.\w+: missing/, 'Cloudflare tells only those that are set.'],
];
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi me';
const TOKEN = `sim-vendor${'0'.repeat(40)}`;

let simulator: Simulator;
let bench: Workbench;
let zoneId: string;
let schemas: ReadonlyMap<string, Readonly<Record<string, Property>>>;
const hosts = new Map<string, ProviderHost>();
const standIns = new Map<string, VendorPlugin>();

function connection({ descriptor }: Provider): AccountConnection {
  return {
    accountId: descriptor.id,
    credential: simulatedCredentialOf(descriptor, TOKEN),
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(descriptor.id) },
    budget: new RateBudget(10_000, 1_000),
  };
}

beforeAll(async () => {
  bench = await Workbench.open((await testEngine()).pulumi);
  simulator = await startSimulator({ speed: 1_000 });
  const asked = providers.flatMap(({ descriptor, resources }) => {
    const sdk = SDKS[descriptor.pulumiPackage];
    return sdk === undefined ? [] : resources.map(({ token }) => [sdk, token] as const);
  });
  const others = providers.flatMap(({ descriptor: { pulumiPackage }, resources }) => {
    const known = SDKS[pulumiPackage] === undefined ? schemaOutputs(pulumiPackage) : undefined;
    return known ? resources.map(({ token }) => [token, known.get(token)!] as const) : [];
  });
  schemas = new Map([...vendorOutputs(asked), ...others]);
  for (const provider of providers.filter(({ resources }) => resources.every(({ token }) => schemas.has(token)))) {
    const { id, pulumiPackage, pulumiPackageVersion: version } = provider.descriptor;
    hosts.set(pulumiPackage, await openProviderHost({ provider, connection: connection(provider), log: () => undefined }));
    standIns.set(pulumiPackage, await startVendorPlugin({ baseUrl: simulator.baseUrl(id), token: TOKEN, version, schema: schemas }));
  }
  const cloudflare = findProvider('cloudflare')!;
  zoneId = (await cloudflare.dns!(connection(cloudflare)).findZone('plinth.test'))!.id;
}, 120_000);

afterAll(async () => {
  for (const host of hosts.values()) await host.close(1_000);
  for (const plugin of standIns.values()) plugin.close();
  await simulator?.close();
  await bench?.remove();
});

function specOf(provider: string): VpsSpec {
  const [region, plan, image] = MACHINES[provider]!;
  const reverse = findProvider(provider)!.descriptor.capabilities.reverseDns.can;
  return VpsSpec.parse({
    version: 1,
    vpsId: `vendor${provider.slice(0, 4)}`,
    generation: 1,
    label: `vendor-${provider}`,
    hostname: `${provider}.plinth.test`,
    compute: { provider, accountId: provider, region, plan, image, windows: false, ipv6: true, backups: provider === 'vultr', options: {} },
    dns: {
      provider: 'cloudflare',
      accountId: 'dns',
      zone: 'plinth.test',
      zoneId,
      name: `${provider}.plinth.test`,
      ttl: 300,
      proxied: false,
      reverse,
    },
    tags: ['shop'],
    sshPublicKeys: [KEY],
    firewall: [
      { protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0', '::/0'] },
      { protocol: 'icmp', ports: null, sources: ['0.0.0.0/0'] },
    ],
    cloudInit: { packages: ['htop'] },
  });
}

const portsOf = (servers: ReadonlyMap<string, { readonly port: number }>): Record<string, number> =>
  Object.fromEntries([...servers].map(([name, { port }]) => [name, port]));
const ours = (provider: string): Promise<Stack> => bench.stack(`vendor-${provider}`, portsOf(hosts), program(specOf(provider)));
const vendors = (provider: string): Promise<Stack> => bench.stack(`vendor-${provider}`, portsOf(standIns), program(specOf(provider)));

/** The resources of the vendors' types. */
async function resourcesOf(stack: Stack): Promise<StateResource[]> {
  // With its secrets in clear.
  const { deployment } = await stack.exportStack();
  return (deployment as { resources: StateResource[] }).resources.filter(({ type }) => schemas.has(type));
}

/** As far as two plugins may write the same differently: absent or empty, the order of sets, and how much around a secret is secret. */
function essence(given: unknown): unknown {
  const value = inClear(given);
  if (Array.isArray(value)) return value.map(essence).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, each]) => !isEmpty(inClear(each)));
  return Object.fromEntries(kept.toSorted(([a], [b]) => a.localeCompare(b)).map(([key, each]) => [key, essence(each)]));
}
function inClear(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'plaintext' in value ? JSON.parse(value.plaintext as string) : value;
}
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
const essentials = (resources: readonly StateResource[]): unknown =>
  Object.fromEntries(resources.map(({ urn, inputs, outputs }) => [urn.split('::').at(-1), essence({ inputs, outputs })]));

/** Those whose vendor's schema is at hand. */
const known = Object.keys(MACHINES).filter((id) => {
  const { pulumiPackage } = findProvider(id)!.descriptor;
  return pulumiPackage in SDKS || schemaOutputs(pulumiPackage) !== undefined;
});

const tried = cloudsOf('vendor-types');
describe.each(known.filter((id) => tried.includes(id)))('a stack at %s', (provider) => {
  it('is what the vendor’s schema says, property by property', async () => {
    const stack = await ours(provider);
    await stack.up();
    const made = await resourcesOf(stack);
    expect(made.length).toBeGreaterThanOrEqual(6);
    const found = made.flatMap(({ type, outputs }) => {
      const name = type.slice(type.lastIndexOf(':') + 1);
      return outputComplaints(outputs, schemas.get(type)!).map((complaint) => `${name}.${complaint}`);
    });
    expect(found.filter((complaint) => !EXCEPTIONS.some(([pattern]) => pattern.test(complaint)))).toEqual([]);
  });

  it('moves to plugins that read it as the vendor’s do, and back, without a difference', async () => {
    // Counts and the like went on after the objects were made.
    await (await ours(provider)).refresh();
    const before = essentials(await resourcesOf(await ours(provider)));
    const moved = await vendors(provider);
    for (const plugin of standIns.values()) plugin.read.length = 0;
    expect(Object.keys((await moved.preview()).changeSummary)).toEqual(['same']);
    expect(Object.keys((await moved.refresh()).summary.resourceChanges!)).toEqual(['same']);
    const after = await resourcesOf(moved);
    expect([...standIns.values()].flatMap(({ read }) => read).toSorted()).toEqual(after.map(({ type }) => type).toSorted());
    expect(essentials(after)).toEqual(before);
    const back = await ours(provider);
    expect(Object.keys((await back.preview()).changeSummary)).toEqual(['same']);
    expect(Object.keys((await back.refresh()).summary.resourceChanges!)).toEqual(['same']);
    expect(essentials(await resourcesOf(back))).toEqual(before);
  });

  it('that was made before its state had all this shows no change, and a refresh brings it', async () => {
    const stack = await ours(provider);
    const whole = essentials(await resourcesOf(stack));
    const state = await stack.exportStack();
    for (const resource of (state.deployment as { resources: StateResource[] }).resources)
      if (schemas.has(resource.type)) asMadeBefore(resource);
    await stack.importStack(state);
    expect(essentials(await resourcesOf(stack))).not.toEqual(whole);
    expect(Object.keys((await stack.preview()).changeSummary)).toEqual(['same']);
    expect(Object.keys((await stack.previewRefresh()).changeSummary)).toEqual(['same']);
    expect(Object.keys((await stack.up()).summary.resourceChanges!)).toEqual(['same']);
    expect(Object.keys((await stack.refresh()).summary.resourceChanges!)).toEqual(['same']);
    expect(essentials(await resourcesOf(stack))).toEqual(whole);
  });
});

/** Without ids and zones among the outputs, without empty descriptions, with empty times. */
function asMadeBefore({ type, outputs }: StateResource): void {
  delete outputs['id'];
  delete outputs['interfaces'];
  for (const key of ['created', 'updated']) if (key in outputs) outputs[key] = String(outputs[key]).replace(/Z$/, '');
  for (const rule of (outputs['inbounds'] ?? []) as Record<string, unknown>[]) delete rule['description'];
  for (const config of (outputs['configs'] ?? []) as Record<string, unknown>[]) delete config['interfaces'];
  if (type.endsWith(':DnsRecord')) outputs['tagsModifiedOn'] ??= '';
}
