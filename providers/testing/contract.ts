/** What every provider folder must keep. A folder passes by being in the list; nothing is configured here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, assert, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { identityTag } from '../identity.ts';
import { endingOf, markOf } from '../manners.ts';
import type { AccountConnection, ComputeClient, Page, Provider } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import { propertyAt, withProperty } from '../property-path.ts';
import type { Created, Json, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import { quietContext } from './context.ts';
import { describeProvided } from './by-people.ts';
import { describeFromSnapshot } from './from-snapshot.ts';
import { type Bench, describeHardLives } from './lives.ts';
import { sampleInstance, sampleRecord, type Sample } from './sample-resource.ts';

const REFERENCE = process.env['PLINTH_REFERENCE_DIR'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');

interface VendorResource {
  readonly inputProperties?: Record<string, { readonly willReplaceOnChanges?: boolean }>;
  readonly requiredInputs?: readonly string[];
}

/** @param folders where providers' folders are */
export function describeProviderContract(provider: Provider, simulator: () => Simulator, folders = join(import.meta.dirname, '..')): void {
  const { descriptor } = provider;
  describe(descriptor.id, () => {
    describeDescriptor(provider, folders);
    describeDefinitions(provider);
    if (provider.tasks?.provision && descriptor.simulatorPath === null)
      describeProvided({
        provider,
        connect: () => connect(provider, simulator()),
        contextOf: (connection, label) => contextOf(provider, connection, label),
      });
    else if (provider.compute && provider.instance && markOf(descriptor).carrier === 'order') describeOrders(provider, simulator);
    else if (provider.compute && provider.instance && descriptor.simulatorPath !== null) {
      describeLife(provider, simulator, async (connection, label) =>
        sampleInstance(provider, provider.compute!(connection), label, identityTag(label, 1)),
      );
      describeInstances(provider, simulator);
      if (endingOf(descriptor).when === 'now') {
        const bench: Bench = {
          provider,
          simulator,
          connect: () => connect(provider, simulator()),
          contextOf: (connection, label, signal) => contextOf(provider, connection, label, signal),
        };
        describeHardLives(bench);
        describeFromSnapshot(bench);
      }
    }
    if (provider.dns && provider.dnsRecord)
      describeLife(provider, simulator, (connection, label) => sampleRecord(provider, provider.dns!(connection), label));
  });
}

function describeDescriptor({ descriptor }: Provider, folders: string): void {
  it('describes itself', () => {
    expect(descriptor.id).toMatch(/^[a-z][a-z0-9]*$/);
    expect(existsSync(join(folders, descriptor.id, 'index.ts'))).toBe(true);
    if (descriptor.apiBaseUrl !== null) expect(descriptor.apiBaseUrl).toMatch(/^https:\/\/.*[^/]$/);
    if (descriptor.simulatorPath !== null) expect(descriptor.simulatorPath).toMatch(/^\/[a-z0-9/]*[a-z0-9]$/);
    // What has no API has no simulation of it either, and no credential for it.
    expect(descriptor.simulatorPath === null).toBe(descriptor.apiBaseUrl === null);
    if (descriptor.apiBaseUrl === null) expect(descriptor.credentialFields).toEqual([]);
    expect(descriptor.pulumiPackageVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(descriptor.credential.shape).sort()).toEqual(descriptor.credentialFields.map((field) => field.name).sort());
    expect(descriptor.rate.requests).toBeGreaterThan(0);
    for (const field of descriptor.credentialFields)
      expect([field.name, descriptor.credential.shape[field.name]!.safeParse(undefined).success]).toEqual([
        field.name,
        field.optional === true,
      ]);
    for (const capability of [...Object.values(descriptor.capabilities), endingOf(descriptor).undo, descriptor.byHand ?? { can: true }]) {
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
    expect(token).toMatch(new RegExp(`^${descriptor.pulumiPackage}:[A-Za-z][A-Za-z0-9]*/([a-z][A-Za-z0-9]*):[A-Z][A-Za-z0-9]*$`));
    const [, lower = '', upper = ''] = /\/(\w+):(\w+)$/.exec(token) ?? [];
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

export function connect(provider: Provider, simulator: Simulator): AccountConnection {
  const token = `sim-contract${++accounts}${'0'.repeat(40)}`;
  const credential = simulatedCredentialOf(provider.descriptor, token);
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
  return quietContext(provider.connect(connection), urn, signal);
}

/** More than the longest term that anybody sells. */
const LONGEST_TERM_MS = 3 * 366 * 86_400_000;

/** A life ends at once, or with what is paid for: then it is there until the term is over, and the state must keep it. */
async function endLife(
  provider: Provider,
  simulator: Simulator,
  definition: ResourceDefinition,
  ctx: ResourceContext,
  { id, outputs }: Created,
) {
  if (endingOf(provider.descriptor).when !== 'period-end') return definition.delete(ctx, id, outputs);
  await expect(definition.delete(ctx, id, outputs)).rejects.toThrow(`[${provider.descriptor.id}/conflict`);
  expect(await definition.read(ctx, id, { inputs: outputs, outputs })).not.toBeNull();
  simulator.world.advance(LONGEST_TERM_MS);
  const gone = () =>
    definition.delete(ctx, id, outputs).then(
      () => true,
      () => false,
    );
  // Not `expect.poll`, which asks which test runs: there are several.
  await vi.waitFor(async () => assert(await gone(), 'it is still there'), { timeout: 60_000, interval: 500 });
}

/** Where nothing can be looked for after a purchase: it is never made twice, and silence is no absence. */
function describeOrders(provider: Provider, simulator: () => Simulator): void {
  const { id } = provider.descriptor;
  const world = () => simulator().world.worlds.get(id)!;
  const count = (): number => world().simulation.instances!(world()).length;
  const setUp = async (label: string) => {
    const connection = connect(provider, simulator());
    const sample = await sampleInstance(provider, provider.compute!(connection), label, identityTag(label, 1));
    return { ...sample, connection, ctx: contextOf(provider, connection, label) };
  };
  afterEach(() => void simulator().world.faults.clear(id));

  it('makes one, cycles its power, lists what our rows know, and ends it with what is paid', async () => {
    const { definition, inputs, ctx, connection } = await setUp('contractorder');
    const before = count();
    const made = await definition.create(ctx, inputs);
    expect(count()).toBe(before + 1);
    const compute = provider.compute!(connection);
    await compute.power(made.id, 'off');
    expect((await compute.getInstance(made.id))?.status).toBe('stopped');
    await compute.power(made.id, 'on');
    const row = (await compute.getInstance(made.id))!;
    expect(row.status).toBe('running');
    const withRows = provider.compute!({ ...connection, known: () => Promise.resolve([row]) });
    expect((await withRows.listInstances(null)).items).toEqual([row]);
    await expect(definition.delete(ctx, made.id, made.outputs)).rejects.toThrow(`[${id}/conflict`);
    expect(await definition.read(ctx, made.id, { inputs, outputs: made.outputs })).toMatchObject({ id: made.id });
  }, 90_000);

  it('never repeats a purchase whose answer was lost, and leaves it to a person', async () => {
    const { definition, inputs, ctx } = await setUp('contractlost');
    const before = count();
    // What comes before the purchase is answered.
    for (const kind of ['lost-answer', 'malformed'] as const) {
      simulator().world.faults.add({ provider: id, kind, method: 'POST', path: 'buy' });
      await expect(definition.create(ctx, inputs)).rejects.toThrow(`[${id}/needs_person`);
    }
    expect(count()).toBe(before + 2);
  }, 90_000);

  it.each(['status', 'cut', 'malformed', 'vanish'] as const)(
    'never takes a failing read (%s) for an absence',
    async (kind) => {
      const { definition, inputs, ctx } = await setUp(`contract${kind}`);
      const created = await definition.create(ctx, inputs);
      if (kind === 'vanish') world().simulation.removeBehindBack!(world(), created.id);
      else simulator().world.faults.add({ provider: id, kind, times: null, ...(kind === 'status' ? { status: 503 } : {}) });
      await expect(definition.read(ctx, created.id, { inputs, outputs: created.outputs })).rejects.toThrow(`[${id}/`);
    },
    60_000,
  );
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
    // Texts beside a record say whose it is.
    const records = (world.simulation.records?.(world) ?? []).filter(({ type }) => type !== 'TXT');
    return (world.simulation.instances?.(world) ?? records).length;
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
    await endLife(provider, simulator(), definition, ctx, first);
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
    await endLife(provider, simulator(), definition, ctx, again);
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

  const { capabilities } = provider.descriptor;
  const can = [capabilities.rename.can, capabilities.resizeUp.can, markOf(provider.descriptor).keepsTags];
  it.skipIf(!can.some(Boolean)).each(['off', 'on'] as const)(
    'leaves a server %s as it was found, whatever changes and whatever was recorded',
    async (found) => {
      const label = `contractpower${found}`;
      const sample = await sampleInstance(provider, compute, label, identityTag(label, 1));
      const { instance: names } = provider.recordedAs!;
      const ctx = contextOf(provider, connection, label);
      const created = await sample.definition.create(ctx, sample.inputs);
      let state = { inputs: sample.inputs, outputs: created.outputs };
      // By the API, as stop and start do: what is recorded of it stays as it was.
      if (found === 'off') await compute.power(created.id, 'off');
      const status = found === 'off' ? 'stopped' : 'running';
      const current = (await compute.plans()).find(({ id: plan }) => plan === propertyAt(sample.inputs, names!.plan))!;
      const [larger] = (await compute.plans())
        .filter(
          ({ available, regions, ...plan }) =>
            available &&
            regions.includes(String(propertyAt(sample.inputs, names!.region))) &&
            plan.diskGb > current.diskGb &&
            plan.memoryMb > current.memoryMb,
        )
        .sort((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly));
      const changes: [string, Json][] = [];
      if (capabilities.rename.can) changes.push([names!.label, `${label}2`]);
      if (capabilities.resizeUp.can) changes.push([names!.plan, larger!.id]);
      if (markOf(provider.descriptor).keepsTags) changes.push(['tags', [identityTag(label, 1), 'web']]);
      for (const [path, value] of changes) {
        const inputs = withProperty(state.inputs, path, value);
        const outputs = await sample.definition.update!(ctx, created.id, { oldInputs: state.inputs, oldOutputs: state.outputs, inputs });
        const now = await compute.getInstance(created.id);
        expect([path, now?.status]).toEqual([path, status]);
        expect(now?.tags).not.toContain('plinth-restart');
        state = { inputs, outputs: { ...state.outputs, ...outputs } };
        // As a stack records it that saw the server run.
        if (found === 'off') state.outputs = withProperty(created.outputs, path, value);
      }
      const plan = capabilities.resizeUp.can ? larger! : current;
      expect((await compute.getInstance(created.id))?.plan).toBe(plan.id);
      await endLife(provider, simulator(), sample.definition, ctx, { id: created.id, outputs: state.outputs });
    },
    90_000,
  );

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
