/**
 * What a VPS has at its providers after an operation that did not end well: a set-up that fails over its name has bought
 * its server all the same, and one that is cancelled may have. It belongs on the VPS's row, where people and sweeps see it.
 */
import type { Engine } from '../../../automation/types.ts';
import { stackName } from '../../../stacks/spec.ts';
import { providerOf } from '../../accounts/accounts.ts';
import type { Services } from '../../kernel/services.ts';
import { type Checkpoint, liveResources, type ResourceState } from '../../kernel/deployment.ts';
import { propertyAt } from '../../../providers/property-path.ts';
import { serverByMark } from '../by-mark.ts';
import { isServer } from '../server-of.ts';
import type { Operation } from '../../kernel/database.ts';
import { sheetOf } from './sheets.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';

const LOOK_TIMEOUT_MS = 30_000;

export interface There {
  /** For the row; empty where nothing new is known. */
  readonly change: VpsColumns;
  /** DNS names that the stack recorded; null: could not be read. */
  readonly names: readonly string[] | null;
}

/**
 * Never rejects: what cannot be read is left as it is, and the drift sweep tells of it.
 * @param isLast nothing tries again by itself
 */
export async function whatIsThere(
  services: Services,
  engine: Pick<Engine, 'export'>,
  operation: Pick<Operation, 'id' | 'kind'>,
  vps: VpsWithAccount,
  isLast: boolean,
): Promise<There> {
  try {
    const checkpoint = (await engine.export(stackName(vps.id))) as Checkpoint | null;
    const resources = checkpoint ? liveResources(checkpoint.deployment).filter((resource) => resource.delete !== true) : [];
    const names = recordedNames(services, resources);
    if (!sheetOf(operation.kind).traits.makesServer || vps.importing !== null) return { change: {}, names };
    const recorded = recordedServer(services, vps, resources);
    return { change: recorded ?? (isLast && vps.instanceId === null ? await taggedServer(services, vps) : {}), names };
  } catch (error) {
    services.log.warn({ err: error, operation: operation.id }, 'what a failed operation left could not be read');
    return { change: {}, names: null };
  }
}

function recordedNames({ providers }: Services, resources: readonly ResourceState[]): string[] {
  const records = new Map(
    providers.flatMap(({ recordedAs }) => (recordedAs?.record ? [[recordedAs.record.token, recordedAs.record]] : [])),
  );
  return resources.flatMap((resource) => {
    const name = resource.outputs?.[records.get(resource.type)?.name ?? ''];
    return typeof name === 'string' ? [name.toLowerCase().replace(/\.$/, '')] : [];
  });
}

function recordedServer(services: Services, vps: VpsWithAccount, resources: readonly ResourceState[]): VpsColumns | null {
  const server = resources.find((resource) => isServer(resource) && typeof resource.id === 'string' && resource.id !== '');
  if (!server) return null;
  const names = providerOf(services, vps.account).recordedAs?.instance;
  const read = (key: string | undefined): string | null => {
    const value = key === undefined ? undefined : propertyAt(server.outputs ?? {}, key);
    return typeof value === 'string' && value !== '' ? value.replace(/\/\d+$/, '') : null;
  };
  return { instanceId: server.id!, ipv4: read(names?.ipv4), ipv6: read(names?.ipv6) };
}

/** A create whose answer nobody waited for is in no state; its server carries the VPS's tag. */
async function taggedServer(services: Services, vps: VpsWithAccount): Promise<VpsColumns> {
  const found = await serverByMark(services, vps, AbortSignal.timeout(LOOK_TIMEOUT_MS));
  return found ? { instanceId: found.id, ipv4: found.ipv4, ipv6: found.ipv6 } : {};
}
