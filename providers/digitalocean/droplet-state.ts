/** A droplet's properties as the vendor's package has them in state. */
import { visibleTags } from '../identity.ts';
import type { Json, Properties } from '../resource.ts';
import type { Droplet } from './schemas.ts';

/** All output properties of `digitalocean:index/droplet:Droplet`; what the API does not tell comes from the inputs. */
export function dropletOutputs(droplet: Droplet, inputs: Properties): Properties {
  const address = (type: string): string => droplet.networks.v4.find((network) => network.type === type)?.ip_address ?? '';
  const has = (feature: string): boolean => droplet.features.includes(feature);
  const told: Properties = {
    name: droplet.name,
    region: droplet.region.slug,
    size: droplet.size_slug,
    image: inputs['image'] ?? droplet.image.slug ?? String(droplet.image.id),
    backups: has('backups'),
    ipv6: has('ipv6'),
    monitoring: has('monitoring'),
    privateNetworking: has('private_networking'),
    publicNetworking: inputs['publicNetworking'] ?? true,
    tags: sameOrder(visibleTags(droplet.tags), inputs['tags']),
    ipv4Address: address('public'),
    ipv4AddressPrivate: address('private'),
    ipv6Address: (droplet.networks.v6.find((network) => network.type === 'public')?.ip_address ?? '').toLowerCase(),
    dropletUrn: `do:droplet:${droplet.id}`,
    createdAt: droplet.created_at,
    status: droplet.status,
    locked: droplet.locked,
    disk: droplet.disk,
    vcpus: droplet.vcpus,
    memory: droplet.memory,
    priceHourly: droplet.size.price_hourly,
    priceMonthly: droplet.size.price_monthly,
    volumeIds: droplet.volume_ids,
    vpcUuid: droplet.vpc_uuid ?? '',
    gracefulShutdown: inputs['gracefulShutdown'] ?? false,
    resizeDisk: inputs['resizeDisk'] ?? true,
  };
  for (const key of ['backupPolicy', 'dropletAgent', 'gpuPartitionMode', 'sshKeys', 'userData']) {
    if (inputs[key] !== undefined) told[key] = inputs[key];
  }
  return told;
}

/** The inputs that would make this droplet: those of the program, corrected by what the API tells. */
export function dropletInputs(droplet: Droplet, state: Properties | undefined): Properties {
  const outputs = dropletOutputs(droplet, state ?? {});
  const inputs: Properties = { ...state };
  for (const key of ['name', 'region', 'size', 'image', 'backups', 'ipv6', 'monitoring', 'tags']) {
    const isUnsetAndEmpty = state && state[key] === undefined && (key === 'region' || key === 'name' || isEmpty(outputs[key]));
    if (!isUnsetAndEmpty) inputs[key] = outputs[key]!;
  }
  return inputs;
}

export function textList(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Tags are a set; keep the program's order so that nothing looks changed. */
function sameOrder(tags: string[], before: Json | undefined): string[] {
  const known = textList(before).filter((tag) => tags.includes(tag));
  return [...known, ...tags.filter((tag) => !known.includes(tag))];
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}
