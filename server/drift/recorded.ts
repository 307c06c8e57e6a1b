/** What a stack recorded of its server and records, read from its checkpoint without the engine. */
import { marksIn, parseIdentityTag } from '../../providers/identity.ts';
import { propertyAt } from '../../providers/property-path.ts';
import type { RecordedAs } from '../../providers/provider.ts';
import type { Checkpoint, ResourceState } from '../kernel/deployment.ts';
import type { RecordedRow } from './store.ts';
import type { Recorded, RecordedRecord } from './compare.ts';

type Instance = NonNullable<RecordedAs['instance']>;
type Record_ = NonNullable<RecordedAs['record']>;

/**
 * null when no server is recorded. A provider that does not say how its state is read is compared by the VPS's own row.
 * `recordTypes` are the DNS providers' record resources by token.
 */
export function recordedOf(row: RecordedRow, instance: Instance | undefined, recordTypes: ReadonlyMap<string, Record_>): Recorded | null {
  if (instance === undefined) return row.instanceId === null ? null : rowOnly(row, row.instanceId);
  const living = livingIn(row);
  const server = living.find((resource) => resource.type === instance.token && ownedBy(resource, instance, row.id));
  if (!server) return null;
  const outputs = server.outputs ?? {};
  return {
    instanceId: server.id!,
    identityTag: marksOf(outputs, instance).find((tag) => parseIdentityTag(tag)?.vpsId === row.id) ?? null,
    label: text(propertyAt(outputs, instance.label)),
    region: text(propertyAt(outputs, instance.region)),
    plan: text(propertyAt(outputs, instance.plan)),
    ipv4: text(propertyAt(outputs, instance.ipv4)),
    ipv6: text(propertyAt(outputs, instance.ipv6)),
    power: powerOf(row),
    records: recordsIn(living, recordTypes),
  };
}

/** The DNS records of its stack, also of one that has lost its server. */
export function recordsOf(row: RecordedRow, recordTypes: ReadonlyMap<string, Record_>): RecordedRecord[] {
  return recordsIn(livingIn(row), recordTypes);
}

function recordsIn(living: readonly ResourceState[], recordTypes: ReadonlyMap<string, Record_>): RecordedRecord[] {
  return living.flatMap((resource) => recordOf(resource, recordTypes.get(resource.type)));
}

function livingIn({ checkpoint }: RecordedRow): ResourceState[] {
  if (checkpoint === null) return [];
  const resources = (JSON.parse(checkpoint) as Checkpoint).deployment.resources ?? [];
  return resources.filter((resource) => resource.custom && resource.delete !== true && typeof resource.id === 'string');
}

function rowOnly(row: RecordedRow, instanceId: string): Recorded {
  const { region, plan, ipv4 } = row;
  return { instanceId, identityTag: null, label: null, region, plan, ipv4, ipv6: null, power: powerOf(row), records: [] };
}

function powerOf({ powerState, status }: RecordedRow): Recorded['power'] {
  if (powerState === 'running' || powerState === 'stopped') return powerState;
  return status === 'active' ? 'running' : null;
}

/** A stack declares one server; a tag that names another VPS is a foreign program's. */
function ownedBy(resource: ResourceState, instance: Instance, vpsId: string): boolean {
  const named = marksOf(resource.outputs ?? {}, instance)
    .map(parseIdentityTag)
    .find((identity) => identity !== null);
  return named === undefined || named?.vpsId === vpsId;
}

function recordOf(resource: ResourceState, names: Record_ | undefined): RecordedRecord[] {
  if (!names) return [];
  const outputs = resource.outputs ?? {};
  const [zoneId, name, type, content] = [names.zoneId, names.name, names.type, names.content].map((key) => text(outputs[key]));
  // A record whose content is secret or structured is not compared.
  if (!zoneId || !name || !type || !content) return [];
  const proxied = names.proxied === undefined ? null : outputs[names.proxied];
  return [{ id: resource.id!.split('/').at(-1)!, zoneId, name, type, content, proxied: typeof proxied === 'boolean' ? proxied : null }];
}

function marksOf(outputs: Readonly<Record<string, unknown>>, { mark = 'tags' }: Instance): string[] {
  return marksIn(outputs[mark]);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
