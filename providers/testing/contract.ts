/** What every provider folder must keep. A folder passes by being in the list; nothing is configured here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { identityTag } from '../identity.ts';
import type { AccountConnection, ComputeClient, Page, Provider } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { PropertySpec, ResourceContext } from '../resource.ts';
import { sampleInstance, sampleRecord, type Sample } from './sample-resource.ts';

const REFERENCE = process.env['PLINTH_REFERENCE_DIR'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');

interface VendorResource {
  readonly inputProperties?: Record<string, { readonly willReplaceOnChanges?: boolean }>;
  readonly requiredInputs?: readonly string[];
}

export function describeProviderContract(provider: Provider, simulator: () => Simulator): void {
  const { descriptor } = provider;
  describe(descriptor.id, () => {
    describeDescriptor(provider);
    describeDefinitions(provider);
    if (provider.compute && provider.instance) {
      describeLife(provider, simulator, async (connection, label) =>
        sampleInstance(provider, provider.compute!(connection), label, identityTag(label, 1)),
      );
      describeInstances(provider, simulator);
    }
    if (provider.dns && provider.dnsRecord)
      describeLife(provider, simulator, (connection, label) => sampleRecord(provider, provider.dns!(connection), label));
  });
}

function describeDescriptor({ descriptor }: Provider): void {
  it('describes itself', () => {
    expect(descriptor.id).toMatch(/^[a-z][a-z0-9]*$/);
    expect(existsSync(join(import.meta.dirname, '..', descriptor.id, 'index.ts'))).toBe(true);
    expect(descriptor.apiBaseUrl).toMatch(/^https:\/\/.*[^/]$/);
    expect(descriptor.simulatorPath).toMatch(/^\/[a-z0-9/]*[a-z0-9]$/);
    expect(descriptor.pulumiPackageVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(descriptor.credential.shape).sort()).toEqual(descriptor.credentialFields.map((field) => field.name).sort());
    expect(descriptor.rate.requests).toBeGreaterThan(0);
    for (const capability of Object.values(descriptor.capabilities)) {
      if (!capability.can) expect(capability.reason).toMatch(/^[A-Z].*\.$/);
    }
    const { minLower, minUpper, minNumeric, minSpecial, length, minLength, maxLength } = descriptor.password;
    expect(minLower + minUpper + minNumeric + minSpecial).toBeLessThanOrEqual(length);
    expect(length).toBeGreaterThanOrEqual(minLength);
    expect(length).toBeLessThanOrEqual(maxLength);
    // Every label the product makes has this form.
    expect('plinth-vps-ab12'.slice(0, descriptor.limits.labelMaxLength)).toMatch(descriptor.limits.labelPattern);
    expect(descriptor.options.safeParse({}).success).toBe(true);
  });
}

function describeDefinitions({ descriptor, resources }: Provider): void {
  it.each(resources.map((definition) => [definition.token, definition] as const))('defines %s soundly', (token, definition) => {
    expect(token).toMatch(new RegExp(`^${descriptor.pulumiPackage}:index/([a-z][A-Za-z0-9]*):[A-Z][A-Za-z0-9]*$`));
    const [, lower = '', upper = ''] = /index\/(\w+):(\w+)$/.exec(token) ?? [];
    expect(lower.toLowerCase()).toBe(upper.toLowerCase());
    for (const timeout of Object.values(definition.timeoutsMs)) expect(timeout).toBeGreaterThan(0);
    const known = new Set([...Object.keys(definition.inputs), ...Object.keys(definition.outputs)]);
    for (const stable of definition.stableOutputs ?? []) expect(known).toContain(stable);
    // Nothing at the provider may be replaced for a reason that the program cannot see.
    for (const [name, spec] of Object.entries(definition.inputs)) expectConsistent(name, spec);
  });

  const file = join(REFERENCE, 'resource-schemas', `${descriptor.pulumiPackage}.json`);
  const reference = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { resources: Record<string, VendorResource> }) : null;
  it.skipIf(reference === null)('agrees with the vendor’s schema', async () => {
    const found = resources.flatMap((definition) =>
      differences(definition.token, definition.inputs, reference!.resources[definition.token]),
    );
    const excused = await exceptionsOf(descriptor.id);
    expect(found.filter((difference) => !(difference in excused))).toEqual([]);
    expect(Object.keys(excused).filter((difference) => !found.includes(difference))).toEqual([]);
  });
}

/** `schema-exceptions.ts` of the folder, where there is one: each meant difference with its reason. */
async function exceptionsOf(id: string): Promise<Readonly<Record<string, string>>> {
  const file = join(import.meta.dirname, '..', id, 'schema-exceptions.ts');
  if (!existsSync(file)) return {};
  return ((await import(file)) as { schemaExceptions: Readonly<Record<string, string>> }).schemaExceptions;
}

function expectConsistent(name: string, spec: PropertySpec): void {
  expect(spec.required === true && spec.default !== undefined, `${name} is required and has a default`).toBe(false);
  if (spec.unordered) expect(spec.type, `${name} is unordered`).toBe('array');
}

/** One line per difference, the key of an exception. */
function differences(token: string, inputs: Readonly<Record<string, PropertySpec>>, vendor: VendorResource | undefined): string[] {
  const short = token.slice(token.lastIndexOf(':') + 1);
  if (!vendor) return [`${short}: unknown to the vendor`];
  const found: string[] = [];
  const required = new Set(vendor.requiredInputs);
  for (const [name, spec] of Object.entries(inputs)) {
    const theirs = vendor.inputProperties?.[name];
    if (!theirs) found.push(`${short}.${name}: unknown to the vendor`);
    else {
      if ((spec.required === true) !== required.has(name)) found.push(`${short}.${name}: required here ${spec.required === true}`);
      if ((spec.replace === true) !== (theirs.willReplaceOnChanges === true))
        found.push(`${short}.${name}: replaces here ${spec.replace === true}`);
    }
  }
  for (const name of required) if (!(name in inputs)) found.push(`${short}.${name}: required by the vendor, missing here`);
  return found;
}

type Arrange = (connection: AccountConnection, label: string) => Promise<Sample>;
let accounts = 0;

function connect(provider: Provider, simulator: Simulator): AccountConnection {
  const token = `sim-contract${++accounts}${'0'.repeat(40)}`;
  const credential = Object.fromEntries(provider.descriptor.credentialFields.map((field) => [field.name, token]));
  return {
    accountId: token,
    credential: provider.descriptor.credential.parse(credential) as Record<string, string>,
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(provider.descriptor.id) },
    budget: new RateBudget(10_000, 1_000),
  };
}

function contextOf(
  provider: Provider,
  connection: AccountConnection,
  label: string,
  signal = new AbortController().signal,
): ResourceContext {
  const urn = `urn:pulumi:${label}::plinth::test::${label}`;
  return { client: provider.connect(connection), urn, signal, log: () => undefined, progress: () => undefined };
}

function describeLife(provider: Provider, simulator: () => Simulator, arrange: Arrange): void {
  const { id } = provider.descriptor;
  let made = 0;
  const setUp = async (): Promise<Sample & { ctx: ResourceContext; connection: AccountConnection }> => {
    const connection = connect(provider, simulator());
    const label = `contract${id.slice(0, 4)}${++made}`;
    const sample = await arrange(connection, label);
    return { ...sample, connection, ctx: contextOf(provider, connection, label) };
  };
  const count = (): number => {
    const world = simulator().world.worlds.get(id)!;
    return (world.simulation.instances?.(world) ?? world.simulation.records?.(world) ?? []).length;
  };
  afterEach(() => void simulator().world.faults.clear(id));

  it('creates once, however often it is asked, and deletes twice without complaint', async () => {
    const { definition, inputs, ctx } = await setUp();
    const before = count();
    const first = await definition.create(ctx, inputs);
    const second = await definition.create(ctx, inputs);
    expect(second.id).toBe(first.id);
    expect(count()).toBe(before + 1);
    const read = await definition.read(ctx, first.id, { inputs, outputs: first.outputs });
    expect(read?.id).toBe(first.id);
    await definition.delete(ctx, first.id, first.outputs);
    await definition.delete(ctx, first.id, first.outputs);
    expect(count()).toBe(before);
    expect(await definition.read(ctx, first.id, { inputs, outputs: first.outputs })).toBeNull();
    // A read may wait out the provider's consistency window before it says so.
  }, 90_000);

  it('makes one although the answer was lost', async () => {
    const { definition, inputs, ctx } = await setUp();
    const before = count();
    simulator().world.faults.add({ provider: id, kind: 'lost-answer', method: 'POST' });
    const first = await definition.create(ctx, inputs).catch(() => null);
    const again = await definition.create(ctx, inputs);
    if (first) expect(again.id).toBe(first.id);
    expect(count()).toBe(before + 1);
    await definition.delete(ctx, again.id, again.outputs);
  }, 90_000);

  it.each(['status', 'cut', 'malformed'] as const)(
    'never takes a failing read (%s) for an absence',
    async (kind) => {
      const { definition, inputs, ctx } = await setUp();
      const created = await definition.create(ctx, inputs);
      const state = { inputs, outputs: created.outputs };
      simulator().world.faults.add({ provider: id, kind, method: 'GET', times: null, ...(kind === 'status' ? { status: 503 } : {}) });
      await expect(definition.read(ctx, created.id, state)).rejects.toThrow(`[${id}/`);
      simulator().world.faults.clear(id);
      const world = simulator().world.worlds.get(id)!;
      expect(world.simulation.removeBehindBack?.(world, created.id) ?? true).toBe(true);
    },
    60_000,
  );
}

function describeInstances(provider: Provider, simulator: () => Simulator): void {
  const { id } = provider.descriptor;
  let compute: ComputeClient;
  let connection: AccountConnection;
  beforeAll(() => {
    connection = connect(provider, simulator());
    compute = provider.compute!(connection);
  });

  it('notices what was removed behind its back, lists all, and cycles power', async () => {
    const sample = await sampleInstance(provider, compute, 'contractlist', identityTag('contractlist', 1));
    const ctx = contextOf(provider, connection, 'contractlist');
    const { id: own, outputs } = await sample.definition.create(ctx, sample.inputs);
    const listed: string[] = [];
    for (let page: Page<{ id: string }> | null = await compute.listInstances(null); page;) {
      listed.push(...page.items.map((item) => item.id));
      page = page.next === null ? null : await compute.listInstances(page.next);
    }
    expect(listed).toContain(own);
    expect(new Set(listed).size).toBe(listed.length);
    await compute.power(own, 'off');
    expect((await compute.getInstance(own))?.status).toBe('stopped');
    await compute.power(own, 'on');
    expect((await compute.getInstance(own))?.status).toBe('running');
    const world = simulator().world.worlds.get(id)!;
    expect(world.simulation.removeBehindBack?.(world, own)).toBe(true);
    expect(await compute.getInstance(own)).toBeNull();
    expect(await sample.definition.read(ctx, own, { inputs: sample.inputs, outputs })).toBeNull();
  }, 90_000);

  it('stops waiting soon after a cancellation', async () => {
    const sample = await sampleInstance(provider, compute, 'contractstop', identityTag('contractstop', 1));
    const controller = new AbortController();
    const aborted = contextOf(provider, connection, 'contractstop', controller.signal);
    simulator().world.faults.add({ provider: id, kind: 'delay', ms: 1_500, method: 'GET', times: null });
    const creating = sample.definition.create(aborted, sample.inputs).catch((error: unknown) => error);
    setTimeout(() => controller.abort(), 200);
    const start = performance.now();
    await creating;
    expect(performance.now() - start).toBeLessThan(5_000);
    simulator().world.faults.clear(id);
  });
}
