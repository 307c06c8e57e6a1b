/**
 * Many stacks from few: a VPS that the engine really made is the pattern, and its row, its state and its simulated server
 * and DNS record are copied under new names, so that ten thousand of them take seconds.
 */
import { randomUUID } from 'node:crypto';
import { decryptSecret, encryptSecret, type KeyWrapper } from '../../server/backend/keys.ts';
import type { Checkpoint } from '../../server/kernel/deployment.ts';
import type { Database, Json } from '../../server/kernel/database.ts';
import type { Simulator } from '../../simulator/server.ts';

const CIPHERTEXT = 'ciphertext';
const SERIAL_BASE = 900_000_000;
const BATCH = 200;

export interface Pattern {
  readonly vpsId: string;
  readonly label: string;
  readonly provider: string;
  readonly dnsProvider: string;
  readonly token: string;
}

export interface Account {
  readonly id: string;
  /** Its credential at the simulator. */
  readonly token: string;
}

export interface Clone {
  readonly vpsId: string;
  readonly instanceId: string;
  readonly provider: string;
}

type Renaming = (value: unknown) => unknown;

/** Copies `pattern` for each of `serials` onto `account`. */
export async function clonePattern(
  parts: { readonly db: Database; readonly simulator: Simulator; readonly keys: KeyWrapper },
  pattern: Pattern,
  account: Account,
  serials: readonly number[],
): Promise<Clone[]> {
  const { db } = parts;
  const row = await db.vps.findUniqueOrThrow({ where: { id: pattern.vpsId } });
  const [stack] = await db.$queryRaw<StackRow[]>`SELECT * FROM "state_stack" WHERE "name" = ${`vps-${pattern.vpsId}`}`;
  const things = simulatedThings(parts.simulator, pattern, row.instanceId!);
  const dataKey = parts.keys.unwrap(stack!.data_key, stack!.id);
  const clones: Clone[] = [];
  for (let start = 0; start < serials.length; start += BATCH) {
    const rows: Json[] = [];
    const stacks: object[] = [];
    for (const serial of serials.slice(start, start + BATCH)) {
      const names = newNames(things, serial);
      const rename = renaming(pattern, account, things, names);
      const id = randomUUID();
      things.put(rename);
      rows.push({ ...(rename(JSON.parse(JSON.stringify(row))) as object), accountId: account.id, rootPassword: null } as Json);
      const checkpoint = rename(JSON.parse(stack!.checkpoint) as Checkpoint);
      stacks.push({
        id,
        name: `vps-${names.vpsId}`,
        data_key: parts.keys.wrap(dataKey, id),
        checkpoint: JSON.stringify(rekey(checkpoint, dataKey, stack!.id, id)),
      });
      clones.push({ vpsId: names.vpsId, instanceId: names.instanceId, provider: pattern.provider });
    }
    await db.vps.createMany({ data: rows as never });
    await db.$executeRaw`
      INSERT INTO "state_stack" ("id", "organization", "project", "name", "tags", "data_key", "version", "checkpoint", "resource_count")
      SELECT n."id", s."organization", s."project", n."name", s."tags", n."data_key", s."version", n."checkpoint", s."resource_count"
      FROM jsonb_to_recordset(${JSON.stringify(stacks)}::jsonb) AS n("id" uuid, "name" text, "data_key" text, "checkpoint" text),
        "state_stack" s WHERE s."id" = ${stack!.id}::uuid`;
  }
  return clones;
}

interface StackRow {
  readonly id: string;
  readonly data_key: string;
  readonly checkpoint: string;
}

interface Names {
  readonly serial: number;
  readonly vpsId: string;
  readonly instanceId: string;
  readonly recordIds: readonly string[];
  readonly ipv4: string;
  readonly ipv6: string;
}

interface Things {
  readonly instanceId: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly recordIds: readonly string[];
  allocate(): { ipv4: string; ipv6: string };
  put(rename: Renaming): void;
}

function simulatedThings(simulator: Simulator, pattern: Pattern, instanceId: string): Things {
  const compute = simulator.world.worlds.get(pattern.provider)!;
  const dns = simulator.world.worlds.get(pattern.dnsProvider)!;
  const servers = compute.collection<{ id: string }>(compute.simulation.instanceCollection ?? 'instances');
  const records = dns.collection<{ id: string; comment?: string }>(dns.simulation.recordCollection ?? 'records');
  const view = compute.simulation.instances!(compute).find(({ id }) => id === instanceId)!;
  const server = servers.get(instanceId)!;
  const own = records.filter(({ comment }) => comment === `plinth vps-${pattern.vpsId}`);
  return {
    instanceId,
    ipv4: view.ipv4,
    ipv6: view.ipv6.replace(/\/\d+$/, ''),
    recordIds: own.map(({ id }) => id),
    allocate: () => ({ ipv4: compute.allocateIpv4(), ipv6: compute.allocateIpv6() }),
    put(rename) {
      servers.put(rename(server) as { id: string });
      for (const record of own) records.put(rename(record) as { id: string });
    },
  };
}

function newNames(things: Things, serial: number): Names {
  return {
    serial,
    vpsId: serial.toString(36).padStart(16, '0'),
    instanceId: /^\d+$/.test(things.instanceId) ? String(SERIAL_BASE + serial) : randomUUID(),
    recordIds: things.recordIds.map(() => randomUUID().replaceAll('-', '')),
    ...things.allocate(),
  };
}

/** Every trace of the pattern in a value, at any depth, becomes the clone's. */
function renaming(pattern: Pattern, account: Account, things: Things, names: Names): Renaming {
  const texts: (readonly [string, string])[] = [
    [pattern.vpsId, names.vpsId],
    [pattern.label, `b${names.serial}`],
    [pattern.token, account.token],
    [things.ipv4, names.ipv4],
    ...(things.ipv6 === '' ? [] : [[things.ipv6, names.ipv6] as const]),
    ...things.recordIds.map((id, index) => [id, names.recordIds[index]!] as const),
  ];
  const rename: Renaming = (value) => {
    if (typeof value === 'string')
      return value === things.instanceId ? names.instanceId : texts.reduce((text, [from, to]) => text.replaceAll(from, to), value);
    if (typeof value === 'number') return String(value) === things.instanceId ? Number(names.instanceId) : value;
    if (Array.isArray(value)) return value.map(rename);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item)]));
    return value;
  };
  return rename;
}

/** A ciphertext means nothing in another stack: each is opened and sealed for the new one. */
function rekey(value: unknown, key: Buffer, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rekey(item, key, from, to));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) =>
      name === CIPHERTEXT && typeof item === 'string'
        ? [name, encryptSecret(key, to, decryptSecret(key, from, Buffer.from(item, 'base64'))).toString('base64')]
        : [name, rekey(item, key, from, to)],
    ),
  );
}
