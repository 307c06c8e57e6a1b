/** What must hold for one VPS after anything that can happen to it; used by the crash, hand-over, fault and scale tests. */
import { execFileSync } from 'node:child_process';
import { Client } from 'pg';
import { expect } from 'vitest';
import { type Shop, type SimServer, ZONE } from './shop.ts';

/** Exactly one server, with the recorded address, names and password; nothing held, nothing pending, events without a gap. */
export async function expectWhole(
  shop: Shop,
  databaseUrl: string,
  provider: string,
  label: string,
  vpsId: string,
  operationId: string,
): Promise<void> {
  const vps = await shop.vps(vpsId);
  const servers = await shop.servers(label);
  expect(servers.map((server) => server.provider)).toEqual([provider]);
  const server = servers[0]!;
  expect(vps).toMatchObject({ status: 'active', ipv4: server.ipv4, dns_name: `${label}.${ZONE}` });
  const records = (await shop.records(label)).map(({ type, content }) => [type, content]).sort();
  expect(records).toEqual([['A', server.ipv4], ...(vps.ipv6 ? [['AAAA', vps.ipv6]] : [])]);
  expectPassword(server, await shop.password(vpsId));
  await expectAtRest(databaseUrl, vpsId);
  const events = await shop.events(operationId);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.at(-1)?.type).toBe('succeeded');
}

/** Destroys it; then neither a server nor a name is left. */
export async function expectDestroyed(shop: Shop, label: string, vpsId: string): Promise<void> {
  expect(await shop.destroy(vpsId)).toMatchObject({ status: 'succeeded', fault: null });
  await expectGone(shop, label, vpsId);
}

export async function expectGone(shop: Shop, label: string, vpsId: string): Promise<void> {
  expect(await shop.servers(label)).toEqual([]);
  expect(await shop.records(label)).toEqual([]);
  expect((await shop.vps(vpsId)).status).toBe('terminated');
}

/** The server's password, by the hash in its user data or else as the provider set it, is the one that was revealed. */
export function expectPassword(server: SimServer, password: string): void {
  const hash = /\$6\$(?:rounds=\d+\$)?[^$\s"']+\$[A-Za-z0-9./]+/.exec(plain(server.userData ?? ''))?.[0];
  if (hash === undefined) return expect(server.password).toBe(password);
  const salt = hash.split('$').slice(2, -1).join('$');
  expect(execFileSync('openssl', ['passwd', '-6', '-salt', salt, '-stdin'], { input: password, encoding: 'utf8' }).trim()).toBe(hash);
}

function plain(userData: string): string {
  return userData.startsWith('#') ? userData : Buffer.from(userData, 'base64').toString('utf8');
}

/** No lease, no update under way and no step without an end is left. */
async function expectAtRest(databaseUrl: string, vpsId: string): Promise<void> {
  const held = await query(
    databaseUrl,
    `SELECT "id" FROM "operation" WHERE "vpsId" = $1 AND ("status" IN ('queued', 'running') OR "leaseOwner" IS NOT NULL)`,
    [vpsId],
  );
  expect(held).toEqual([]);
  const stack = await query(
    databaseUrl,
    `SELECT "active_update" AS "update", jsonb_array_length(coalesce(nullif("checkpoint"::jsonb #> '{deployment,pending_operations}', 'null'), '[]')) AS "pending"
     FROM "state_stack" WHERE "name" = $1`,
    [`vps-${vpsId}`],
  );
  expect(stack).toEqual([{ update: null, pending: 0 }]);
}

export async function query(databaseUrl: string, statement: string, values: unknown[]): Promise<any[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}
