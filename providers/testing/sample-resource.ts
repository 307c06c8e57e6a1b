/** A resource's inputs as a stack program would declare them, captured from the provider's own module; no engine needed. */
import * as pulumi from '@pulumi/pulumi';
import type { PersonAnswers } from '../manners.ts';
import type { ComputeClient, DnsClient, InstanceRequest, Provider } from '../provider.ts';
import type { Json, Properties, ResourceDefinition } from '../resource.ts';

export interface Sample {
  readonly definition: ResourceDefinition;
  readonly inputs: Properties;
}

/** The cheapest server the catalog offers now, with nothing around it. `answers` are a person's who provides it; `snapshotId` is on its disk. */
export async function sampleInstance(
  provider: Provider,
  compute: ComputeClient,
  label: string,
  tag: string,
  { answers, snapshotId }: { readonly answers?: PersonAnswers; readonly snapshotId?: string } = {},
): Promise<Sample> {
  const [plans, images, regions] = await Promise.all([compute.plans(), compute.images(), compute.regions()]);
  const open = new Set(regions.filter((region) => region.available).map((region) => region.id));
  const plan = plans
    .filter((candidate) => candidate.available && candidate.regions.some((region) => open.has(region)))
    .sort((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))[0];
  const region = plan?.regions.find((candidate) => open.has(candidate));
  const image = images.find(
    (candidate) =>
      candidate.family === 'linux' &&
      !candidate.deprecated &&
      candidate.minDiskGb <= (plan?.diskGb ?? 0) &&
      (candidate.regions === null || candidate.regions.includes(region ?? '')),
  );
  if (!plan || !region || !image) throw new Error(`The catalog of ${provider.descriptor.id} offers nothing to create.`);
  const module = await provider.instance!();
  return capture(provider, () => {
    const request: InstanceRequest = {
      label,
      hostname: label,
      region,
      plan: plan.id,
      image: image.id,
      ...(snapshotId === undefined ? {} : { snapshotId }),
      windows: false,
      ipv6: false,
      backups: false,
      tags: [tag],
      sshPublicKeys: [],
      userData: null,
      rootPassword: pulumi.secret('Long-enough-9-Password'),
      firewall: null,
      options: provider.descriptor.options.parse({}),
      ...(answers ? { answers } : {}),
    };
    module.declare(label, request, {});
  });
}

export async function sampleRecord(provider: Provider, dns: DnsClient, label: string): Promise<Sample> {
  const zone = (await dns.zones())[0];
  if (!zone) throw new Error(`${provider.descriptor.id} has no zone to create a record in.`);
  const module = await provider.dnsRecord!();
  const record = { zoneId: zone.id, name: `${label}.${zone.name}`, type: 'A', content: '192.0.2.7', ttl: 300, proxied: false } as const;
  return capture(provider, () => void module.declare(label, { ...record, comment: `plinth ${label}` }, {}));
}

/** With the defaults that the host's check would fill in. */
async function capture(provider: Provider, declare: () => void): Promise<Sample> {
  const registered: { type: string; id: string; inputs: Properties }[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, id: `${name}-id`, inputs: plain(inputs as Json) as Properties });
      return { id: `${name}-id`, state: inputs as Record<string, unknown> };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  declare();
  // What stands beside an instance may be declared before it.
  const wanted = provider.recordedAs?.instance?.token;
  const isThere = (): boolean =>
    registered.some(({ type }) => (wanted === undefined ? true : type === wanted || type === provider.recordedAs?.record?.token));
  for (let turn = 0; turn < 500 && !isThere(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
  const definition = provider.resources.find((candidate) =>
    registered.some(({ type }) => type === candidate.token && (type === wanted || !registered.some((each) => each.type === wanted))),
  );
  const found = registered.find(({ type }) => type === definition?.token);
  if (!definition || !found)
    throw new Error(`Declared ${registered.map(({ type }) => type).join(', ') || 'nothing'}; the provider serves none of it.`);
  const defaults = Object.entries(definition.inputs).filter(([, spec]) => spec.default !== undefined);
  const ids = new Set(registered.map(({ id }) => id));
  const alone = Object.entries(found.inputs).filter(([, value]) => !(Array.isArray(value) && value.some((each) => ids.has(String(each)))));
  return {
    definition,
    inputs: { ...Object.fromEntries(defaults.map(([key, spec]) => [key, spec.default!])), ...Object.fromEntries(alone) },
  };
}

/** Secrets as the values they hide. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('4dabf18193072939515e22adb298388d' in value) return plain(value['value'] ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
