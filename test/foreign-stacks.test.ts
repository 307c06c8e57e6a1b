/** What a token reaches by the state protocol: its own organization's stacks, with the rights of now, and no state that lies. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { type Begun, send, stateClient, type StateClient } from './support/state-client.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let id: string;
let instanceId: string;
let own: StateClient;
const organizations: Record<string, string> = {};
const tokens: Record<string, { id: string; secret: string }> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  for (const name of ['victim', 'thief']) organizations[name] = (await plinth.json('organization', 'create', name)).organization.id;
  for (const name of ['victim', 'thief']) await token(`${name} admin`, 'admin', name);
  const { instance } = await plinth.json('vps', 'create', 'mine', ...(await someServer(plinth)), '--organization', 'victim', '--wait');
  ({ id } = instance);
  own = stateClient(plinth, 'victim', `vps-${id}`);
  instanceId = (await row()).instanceId!;
}, 600_000);
afterAll(() => plinth?.stop());

async function token(name: string, role: string, organization?: string): Promise<{ id: string; secret: string }> {
  const of = organization === undefined ? [] : ['--organization', organizations[organization]!];
  const { token: made, secret } = await plinth.json('token', 'create', name, '--role', role, ...of);
  return (tokens[name] = { id: made.id, secret });
}

const secret = (name: string): string => tokens[name]!.secret;
const row = () => plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id } });
const sql = (text: string) => plinth.runtime.services.db.$executeRawUnsafe(text);

describe('another organization’s VPS', () => {
  const steal = (name: string, more = {}) =>
    send(plinth.origin, 'POST', '/api/stacks/thief/plinth', `token ${secret('thief admin')}`, { stackName: name, ...more });

  it('gives no stack, and a refusal does not tell it from one that is nowhere', async () => {
    const foreign = await steal(`vps-${id}`);
    const nowhere = await steal('vps-abcdefgh12345678');
    expect([foreign.status, nowhere.status]).toEqual([404, 404]);
    expect(foreign.body.message.replace(id, 'X')).toBe(nowhere.body.message.replace('abcdefgh12345678', 'X'));
    expect((await steal('own-program')).status).toBe(200);
  });

  it('is not reached by a row that carries its name: not by any door', async () => {
    const rowId = randomUUID();
    await sql(`INSERT INTO "state_stack" (id, organization, project, name, data_key, checkpoint)
      SELECT '${rowId}', 'thief', project, name, data_key, '{"version":3,"deployment":{"manifest":{"time":"","magic":"","version":""}}}'
      FROM "state_stack" WHERE organization = 'victim' AND name = 'vps-${id}'`);
    const theirs = stateClient(plinth, 'thief', `vps-${id}`);
    const thief = secret('thief admin');
    for (const kind of ['update', 'refresh', 'destroy', 'import-update', 'preview'])
      expect((await theirs.create(thief, kind)).status, kind).toBe(404);
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/export'],
      ['GET', '/updates'],
      ['DELETE', '?force=true'],
      ['PATCH', '/tags', {}],
      ['POST', '/decrypt', { ciphertext: '' }],
      ['POST', '/batch-encrypt', { plaintexts: [] }],
      ['POST', '/import', { version: 3, deployment: { manifest: { time: '', magic: '', version: '' } } }],
    ] as const) {
      const { status, body: answer } = await theirs.call(thief, method, path, body);
      expect(status, `${method} ${path}`).toBe(404);
      expect(JSON.stringify(answer)).not.toMatch(/victim|first admin/);
    }
    expect(await row()).toMatchObject({ status: 'active', instanceId });
    expect((await own.begin(secret('victim admin'), 'refresh')).started.status).toBe(200);
    await sql(`UPDATE "state_update" SET lease_expires_at = now() - interval '1 minute' WHERE status = 'running'`);
    await sql(`UPDATE "operation" SET "heartbeatAt" = to_timestamp(0) WHERE status = 'running'`);
    await idle();
  });

  it('that it was is gone for the former owner, with all that was begun, and a row of its name is in nobody’s way', async () => {
    const former = secret('victim admin');
    const preview = await own.begin(former, 'update', {}, { dryRun: true });
    const waiting = await own.create(former, 'update');
    expect(preview.started.status).toBe(200);
    const give = { organization_id: organizations['thief'], reason: 'sold' };
    const given = await send(plinth.origin, 'PUT', `/api/vps/${id}/owner`, `Bearer ${plinth.adminToken}`, give);
    expect(given.status, JSON.stringify(given.body)).toBe(200);
    for (const organization of ['victim', 'thief']) {
      const there = stateClient(plinth, organization, `vps-${id}`);
      for (const path of ['', '/export', '/updates']) expect((await there.call(former, 'GET', path)).status).toBe(404);
      expect((await there.create(former, 'update')).status).toBe(404);
      expect((await there.start(former, waiting.body.updateID)).status).toBe(404);
      const lease = { ...preview, path: `${there.base}/update/${preview.id}` };
      expect((await there.held(lease, 'POST', '/renew_lease', { token: '', duration: 300 })).status).toBe(403);
      expect((await there.held(lease, 'POST', '/events/batch', { events: [{ sequence: 1 }] })).status).toBe(403);
    }
    const again = await send(plinth.origin, 'POST', '/api/stacks/victim/plinth', `token ${former}`, { stackName: `vps-${id}` });
    expect(again.status).toBe(404);
    // The new owner has it whole, by both names.
    for (const organization of ['victim', 'thief'])
      expect((await stateClient(plinth, organization, `vps-${id}`).call(secret('thief admin'), 'GET', '/export')).status).toBe(200);
    const back = { organization_id: organizations['victim'], reason: 'bought back' };
    expect((await send(plinth.origin, 'PUT', `/api/vps/${id}/owner`, `Bearer ${plinth.adminToken}`, back)).status).toBe(200);
  });
});

async function idle(): Promise<void> {
  await until(async () => (await plinth.runtime.services.db.operation.count({ where: { vpsId: id, finishedAt: null } })) === 0, {
    timeoutMs: 60_000,
    what: 'the VPS to be idle',
  });
}

describe('the rights of an update', () => {
  it('belong to one token, not to its name', async () => {
    const [otto, spy] = [await token('otto', 'operator', 'victim'), await token('otto', 'viewer', 'victim')];
    const { updateID } = (await own.create(otto.secret, 'refresh')).body;
    const stolen = await own.start(spy.secret, updateID);
    expect(stolen).toMatchObject({ status: 403, body: { message: expect.stringContaining('another token') } });
    expect(stolen.body.token).toBeUndefined();
    const started = await own.start(otto.secret, updateID);
    expect(started.status).toBe(200);
    await send(plinth.origin, 'POST', `${own.base}/update/${updateID}/complete`, `update-token ${started.body.token}`, {
      status: 'failed',
    });
  });

  it.each([
    ['of another role', (of: string) => sql(`UPDATE "api_token" SET role = 'viewer' WHERE id = '${of}'`)],
    ['revoked', (of: string) => sql(`UPDATE "api_token" SET "revokedAt" = now() WHERE id = '${of}'`)],
    [
      'of another organization',
      (of: string) => sql(`UPDATE "api_token" SET "organizationId" = '${organizations['thief']}' WHERE id = '${of}'`),
    ],
  ])('end with it: %s', async (_what, change) => {
    const { id: of, secret: olga } = await token('olga', 'operator', 'victim');
    const { updateID: unstarted } = (await own.create(olga, 'refresh')).body;
    const running = await own.begin(olga, 'refresh');
    expect(running.started.status).toBe(200);
    const whole = await own.export(plinth.adminToken);
    await change(of);
    expect([401, 403, 404]).toContain((await own.start(olga, unstarted)).status);
    expect((await own.held(running, 'PATCH', '/checkpoint', whole)).status).toBe(403);
    const entry = { version: 1, kind: 2, sequenceID: 1, operationID: 1 };
    expect((await own.held(running, 'PATCH', '/journalentries', { entries: [entry] })).status).toBe(403);
    expect(await own.end(running, 'succeeded')).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('its token may not run it any more') },
    });
    // And nobody waits for it.
    expect((await own.call(plinth.adminToken, 'GET', '')).body.activeUpdate).toBe('');
    expect(await plinth.runtime.services.db.operation.findUniqueOrThrow({ where: { id: running.id } })).toMatchObject({
      status: 'cancelled',
    });
  });
});

describe('a state that loses or changes the server', () => {
  const manifestOf = (whole: any) => ({ ...whole, deployment: { ...whole.deployment, resources: undefined } });
  const without = (whole: any, keep: (resource: any) => boolean) => ({
    ...whole,
    deployment: { ...whole.deployment, resources: whole.deployment.resources.filter(keep) },
  });
  const isServer = ({ urn }: any): boolean => urn.endsWith('::vps-instance');
  const withId = (whole: any, other: string) => ({
    ...whole,
    deployment: {
      ...whole.deployment,
      resources: whole.deployment.resources.map((resource: any) => (isServer(resource) ? { ...resource, id: other } : resource)),
    },
  });
  /** Nothing hangs on the server in these stacks but the record of its name. */
  const serverless = (whole: any) => {
    const urn = whole.deployment.resources.find(isServer).urn;
    return without(whole, (resource) => resource.urn !== urn && !JSON.stringify(resource).includes(urn));
  };
  const STATES: [string, (whole: any) => any][] = [
    ['without resources', manifestOf],
    ['without the server', serverless],
    ['with another server', (whole) => withId(whole, '99999999')],
    [
      'with the server marked for deletion',
      (whole) => ({
        ...whole,
        deployment: {
          ...whole.deployment,
          resources: whole.deployment.resources.map((resource: any) => (isServer(resource) ? { ...resource, delete: true } : resource)),
        },
      }),
    ],
  ];
  const asEntries = async (whole: any, base: any): Promise<unknown[]> => {
    const at = base.deployment.resources.findIndex(isServer);
    const found = whole.deployment.resources?.find(isServer);
    return [
      { version: 1, kind: 5, sequenceID: 1, operationID: 1, newSnapshot: whole.deployment },
      { version: 1, kind: 3, sequenceID: 1, operationID: 1, removeOld: at, ...(found ? { state: found } : {}) },
      { version: 1, kind: 1, sequenceID: 1, operationID: 1, removeOld: at, ...(found ? { state: found } : {}) },
    ];
  };
  const lease = async (kind: string): Promise<Begun> => {
    const begun = await own.begin(plinth.adminToken, kind);
    expect(begun.started.status, JSON.stringify(begun.started.body)).toBe(200);
    return begun;
  };

  describe.each(STATES)('%s', (_name, change) => {
    it.each(['update', 'refresh', 'import-update'])('is refused as a checkpoint and as a journal of %s', async (kind) => {
      const base = await own.export(plinth.adminToken);
      const begun = await lease(kind);
      const refused = { status: 409, body: { message: expect.stringContaining(`the VPS has server ${instanceId}`) } };
      expect(await own.held(begun, 'PATCH', '/checkpoint', change(base))).toMatchObject(refused);
      for (const entry of await asEntries(change(base), base))
        expect(
          (await own.held(begun, 'PATCH', '/journalentries', { entries: [entry] })).status,
          JSON.stringify(entry).slice(0, 80),
        ).not.toBe(204);
      for (const route of ['/checkpointverbatim', '/checkpointdelta'])
        expect((await own.held(begun, 'PATCH', route, { version: 3, untypedDeployment: change(base) })).status).not.toBe(204);
      await own.end(begun, 'succeeded');
      expect((await own.export(plinth.adminToken)).deployment.resources).toEqual(base.deployment.resources);
    });

    it('is refused as an import', async () => {
      const base = await own.export(plinth.adminToken);
      expect(await own.call(plinth.adminToken, 'POST', '/import', change(base))).toMatchObject({
        status: 409,
        body: { message: expect.stringContaining(`the VPS has server ${instanceId}`) },
      });
      expect((await own.export(plinth.adminToken)).deployment.resources).toEqual(base.deployment.resources);
    });
  });

  it('an organization’s token neither adds nor drops an object, whatever it holds', async () => {
    const base = await own.export(plinth.adminToken);
    const added = { urn: `urn:pulumi:vps-${id}::plinth::x:y:Firewall::f`, type: 'x:y:Firewall', custom: true, id: 'of-somebody-else' };
    const whole = { ...base, deployment: { ...base.deployment, resources: [...base.deployment.resources, added] } };
    const admin = secret('victim admin');
    const refused = { status: 409, body: { message: expect.stringContaining('of-somebody-else') } };
    expect(await own.call(admin, 'POST', '/import', whole)).toMatchObject(refused);
    const begun = await own.begin(admin, 'destroy');
    if (begun.started.status === 200) throw new Error('the server is protected');
    const update = await own.begin(admin, 'update');
    expect(await own.held(update, 'PATCH', '/checkpoint', whole)).toMatchObject(refused);
    const entry = { version: 1, kind: 1, sequenceID: 1, operationID: 1, state: added };
    expect(await own.held(update, 'PATCH', '/journalentries', { entries: [entry] })).toMatchObject(refused);
    await own.end(update, 'failed');
    expect((await own.export(plinth.adminToken)).deployment.resources).toEqual(base.deployment.resources);
    // What the seller put there stays.
    expect((await own.call(plinth.adminToken, 'POST', '/import', whole)).status).toBe(200);
    expect(await own.call(admin, 'POST', '/import', base)).toMatchObject(refused);
    expect((await own.call(plinth.adminToken, 'POST', '/import', base)).status).toBe(200);
  });

  it('the password that the stack generated goes with no state and no step', async () => {
    const base = await own.export(plinth.adminToken);
    const password = base.deployment.resources.find(({ urn }: any) => urn.endsWith('::vps-password'));
    const dropped = without(base, ({ urn }) => urn !== password.urn);
    for (const resource of dropped.deployment.resources) {
      resource.dependencies = resource.dependencies?.filter((urn: string) => urn !== password.urn);
      for (const [name, urns] of Object.entries<string[]>(resource.propertyDependencies ?? {}))
        resource.propertyDependencies[name] = urns.filter((urn) => urn !== password.urn);
    }
    const refused = { status: 409, body: { message: expect.stringContaining('no password of the server') } };
    expect(await own.call(plinth.adminToken, 'POST', '/import', dropped)).toMatchObject(refused);
    const begun = await lease('update');
    expect(await own.held(begun, 'PATCH', '/checkpoint', dropped)).toMatchObject(refused);
    for (const type of ['creating', 'deleting']) {
      const entry = { version: 1, kind: 0, sequenceID: 1, operationID: 1, operation: { type, resource: password } };
      expect((await own.held(begun, 'PATCH', '/journalentries', { entries: [entry] })).status, type).toBe(403);
    }
    await own.end(begun, 'failed');
  });

  it('another VPS’s server is nobody else’s', async () => {
    const { instance } = await plinth.json('vps', 'create', 'bare', ...(await someServer(plinth)), '--organization', 'victim', '--wait');
    const bare = stateClient(plinth, 'victim', `vps-${instance.id}`);
    await sql(`UPDATE "vps" SET "instanceId" = NULL WHERE id = '${instance.id}'`);
    const state = await bare.export(plinth.adminToken);
    await sql(
      `UPDATE "state_stack" SET checkpoint = '{"version":3,"deployment":{"manifest":{"time":"","magic":"","version":""}}}' WHERE name = 'vps-${instance.id}'`,
    );
    expect(await bare.call(plinth.adminToken, 'POST', '/import', withId(state, instanceId))).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("not this VPS's") },
    });
    expect((await bare.call(plinth.adminToken, 'POST', '/import', state)).status).toBe(200);
  });
});

describe('the password in a stack’s secrets', () => {
  const events = async () => (await plinth.json('audit', '--limit', '20')).events.filter((event: any) => event.target === id);

  it('is shown as a reveal, whichever way it is decrypted, and not by Plinth’s own updates', async () => {
    await plinth.json('vps', 'refresh', id, '--wait');
    expect((await row()).revealCount).toBe(0);
    const otto = await token('otto', 'operator', 'victim');
    const text = JSON.stringify(await own.export(otto.secret));
    const ciphertexts = [...new Set([...text.matchAll(/"ciphertext":"([^"]+)"/g)].map((match) => match[1]!))];
    expect(ciphertexts.length).toBeGreaterThan(0);
    const read = await own.call(otto.secret, 'POST', '/batch-decrypt', { ciphertexts });
    const plain = Object.values(read.body.plaintexts as Record<string, string>).map((each) => Buffer.from(each, 'base64').toString());
    const services = plinth.runtime.services;
    const password = services.secrets.open({ table: 'vps', column: 'rootPassword', id }, (await row()).rootPassword!);
    expect(plain.some((each) => each.includes(password))).toBe(true);
    expect(await row()).toMatchObject({ revealCount: 1, lastRevealedAt: expect.any(Date) });
    for (const ciphertext of ciphertexts) expect((await own.call(otto.secret, 'POST', '/decrypt', { ciphertext })).status).toBe(200);
    const shown = (await row()).revealCount;
    expect(shown).toBeGreaterThan(1);
    const told = await events();
    expect(told.filter(({ action }: any) => action === 'vps.password-revealed')).toHaveLength(shown);
    expect(told.filter(({ action }: any) => action === 'state.secrets.decrypted')).toHaveLength(1 + ciphertexts.length);
    expect(told[0]).toMatchObject({ actor: 'otto' });
    const again = await send(plinth.origin, 'POST', `/api/vps/${id}/reveal-password`, `Bearer ${otto.secret}`, { reason: 'once more' });
    expect(again.body.code).toBe('already_revealed');
  });

  it('another secret is in the trail, and is no reveal; a viewer’s stand-ins are neither', async () => {
    const before = (await row()).revealCount;
    const plaintext = Buffer.from('"a thing of my own"').toString('base64');
    const { ciphertext } = (await own.call(secret('otto'), 'POST', '/encrypt', { plaintext })).body;
    expect((await own.call(secret('otto'), 'POST', '/decrypt', { ciphertext })).body).toEqual({ plaintext });
    const [latest] = await events();
    expect(latest).toMatchObject({ action: 'state.secrets.decrypted', actor: 'otto', data: { count: 1 } });
    const vera = await token('vera', 'viewer', 'victim');
    const seen = (await own.call(vera.secret, 'POST', '/decrypt', { ciphertext })).body;
    expect(Buffer.from(seen.plaintext, 'base64').toString()).toMatch(/^"\[secret /);
    expect((await events())[0]).toEqual(latest);
    expect((await row()).revealCount).toBe(before);
  });
});
