/** What an operator's token can do to servers past Plinth, straight through the tunnel that hand-run updates use: nothing. */
import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import structPb from 'google-protobuf/google/protobuf/struct_pb.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTunnel, type Tunnel } from '../automation/provider-plugin/tunnel.ts';
import { findProvider } from '../providers/list.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

interface Vps {
  readonly id: string;
  readonly stack: string;
  readonly urn: string;
  readonly token: string;
  readonly instanceId: string;
  readonly recorded: any;
}

const database = withDatabase();
let plinth: Plinth;
let pulumiPackage: string;
let own: Vps;
let other: Vps;
let operator: { id: string; secret: string };
const tunnels: Tunnel[] = [];

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  const server = await someServer(plinth);
  operator = await token('otto', 'operator');
  [own, other] = (await Promise.all(['own', 'other'].map((label) => makeVps(label, server)))) as [Vps, Vps];
}, 300_000);
afterEach(() => {
  for (const tunnel of tunnels.splice(0)) tunnel.close();
});
afterAll(() => plinth?.stop());

async function token(name: string, role: string, ...more: string[]): Promise<{ id: string; secret: string }> {
  const made = await plinth.json('token', 'create', name, '--role', role, ...more);
  return { id: made.token.id, secret: made.secret };
}

async function makeVps(label: string, server: string[]): Promise<Vps> {
  const { instance } = await plinth.json('vps', 'create', label, ...server, '--wait');
  const provider = findProvider(instance.provider)!;
  pulumiPackage = provider.descriptor.pulumiPackage;
  const stack = `/api/stacks/default/plinth/vps-${instance.id}`;
  const { deployment } = (await call('GET', `${stack}/export`, `token ${plinth.adminToken}`)).body;
  const recorded = deployment.resources.find((each: any) => each.urn.endsWith('::vps-instance'));
  return { id: instance.id, stack, urn: recorded.urn, token: recorded.type, instanceId: recorded.id, recorded };
}

async function call(method: string, path: string, authorization: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization, 'content-type': 'application/json', 'user-agent': 'pulumi-cli/1 (v3.259.0; linux)' };
  const response = await fetch(plinth.origin + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** An update of a stack, started with a token as the command line does. */
async function begin(vps: Vps, secret: string, kind = 'update', dryRun = false) {
  const made = await call('POST', `${vps.stack}/${kind}`, `token ${secret}`, { options: { dryRun }, config: {}, metadata: {} });
  const path = `${vps.stack}/update/${made.body.updateID}`;
  const started = await call('POST', path, `token ${secret}`, { journalVersion: 1 });
  expect(started, JSON.stringify(started.body)).toMatchObject({ status: 200 });
  const lease = `update-token ${started.body.token}`;
  let sequenceID = 0;
  return {
    id: made.body.updateID as string,
    /** Tells the journal of a step that is about to be made. */
    announce: (type: string, resource: object) => {
      sequenceID += 1;
      const entry = { version: 1, kind: 0, sequenceID, operationID: sequenceID, operation: { type, resource } };
      return call('PATCH', `${path}/journalentries`, lease, { entries: [entry] });
    },
    /** As the command line does when each step was refused: nothing stays under way. */
    end: async () => {
      const failed = Array.from({ length: sequenceID }, (_, n) => ({ version: 1, kind: 2, sequenceID: 1000 + n, operationID: n + 1 }));
      if (failed.length > 0) await call('PATCH', `${path}/journalentries`, lease, { entries: failed });
      await call('POST', `${vps.stack}/update/${made.body.updateID}/cancel`, `token ${plinth.adminToken}`);
      await until(async () => (await call('GET', vps.stack, `token ${plinth.adminToken}`)).body.activeUpdate === '');
    },
  };
}

type Answer = { readonly code: number; readonly details: string };
const REFUSED = (details: string | RegExp): unknown => ({ code: grpc.status.PERMISSION_DENIED, details: expect.stringMatching(details) });
const PASSED = { code: grpc.status.OK, details: '' };

async function door(vps: Vps, secret: string) {
  const tunnel = await openTunnel({ origin: plinth.origin, token: secret, vpsId: vps.id, pulumiPackage });
  tunnels.push(tunnel);
  const client: any = new providerGrpc.ResourceProviderClient(tunnel.address, grpc.credentials.createInsecure());
  const ask = (method: string, request: object): Promise<Answer> =>
    new Promise((resolve) => {
      client[method](request, (error: grpc.ServiceError | null) => resolve(error ? { code: error.code, details: error.details } : PASSED));
    });
  return {
    client,
    delete: (urn: string, id: string) => {
      const request = new providerPb.DeleteRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setProperties(structPb.Struct.fromJavaScript({}));
      return ask('delete', request);
    },
    read: (urn: string, id: string) => {
      const request = new providerPb.ReadRequest();
      request.setUrn(urn);
      request.setId(id);
      return ask('read', request);
    },
    create: (urn: string, inputs: Record<string, any>, preview = false) => {
      const request = new providerPb.CreateRequest();
      request.setUrn(urn);
      request.setPreview(preview);
      request.setProperties(structPb.Struct.fromJavaScript(inputs));
      return ask('create', request);
    },
    update: (urn: string, id: string, olds: Record<string, any>, news: Record<string, any>) => {
      const request = new providerPb.UpdateRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOldInputs(structPb.Struct.fromJavaScript(olds));
      request.setOlds(structPb.Struct.fromJavaScript(olds));
      request.setNews(structPb.Struct.fromJavaScript(news));
      return ask('update', request);
    },
    ask,
  };
}

/** At the provider, by the simulator's own word. */
async function servers(): Promise<string[]> {
  const all = (await (await fetch(`${plinth.runtime.simulatorOrigin}/_simulator/instances`)).json()) as { id: string }[];
  return all.map(({ id }) => id).sort();
}

test('without an update of its own the tunnel does nothing', async () => {
  const before = await servers();
  const tunnel = await door(own, operator.secret);
  for (const answer of [
    await tunnel.delete(own.urn, own.instanceId),
    await tunnel.read(own.urn, own.instanceId),
    await tunnel.create(own.urn, own.recorded.inputs),
    await tunnel.create(own.urn, own.recorded.inputs, true),
    await tunnel.update(own.urn, own.instanceId, own.recorded.inputs, own.recorded.inputs),
  ])
    expect(answer).toEqual(REFUSED('No update of vps-'));
  // Somebody else's update is not its own.
  const update = await begin(own, plinth.adminToken);
  await update.announce('deleting', own.recorded);
  expect(await tunnel.delete(own.urn, own.instanceId)).toEqual(REFUSED('No update of vps-'));
  await update.end();
  expect(await servers()).toEqual(before);
});

test('it serves the resources of its stack under their recorded ids, and no others', async () => {
  const update = await begin(own, operator.secret);
  const tunnel = await door(own, operator.secret);
  expect(await tunnel.read(own.urn, own.instanceId)).toEqual(PASSED);
  expect(await tunnel.read(own.urn, other.instanceId)).toEqual(REFUSED('does not have the id'));
  expect(await tunnel.read(other.urn, other.instanceId)).toEqual(REFUSED('serves the stack vps-'));
  expect(await tunnel.delete(other.urn, other.instanceId)).toEqual(REFUSED('serves the stack vps-'));
  await update.announce('updating', own.recorded);
  expect(await tunnel.update(own.urn, other.instanceId, own.recorded.inputs, own.recorded.inputs)).toEqual(REFUSED('does not have the id'));
  await update.end();
});

test('it deletes no server and makes no second one, whatever an update announces', async () => {
  const before = await servers();
  const tunnel = await door(own, operator.secret);
  const update = await begin(own, operator.secret);
  await update.announce('deleting', own.recorded);
  expect((await tunnel.delete(own.urn, own.instanceId)).code).toBe(grpc.status.PERMISSION_DENIED);
  const second = own.urn.replace(/vps-instance$/, 'second');
  for (const urn of [own.urn, second]) {
    await update.announce('creating', { ...own.recorded, urn, id: '' });
    expect((await tunnel.create(urn, own.recorded.inputs)).code).toBe(grpc.status.PERMISSION_DENIED);
  }
  await update.end();
  expect(await servers()).toEqual(before);
});

test('it makes only what is announced, replaces nothing, and takes no mark of another VPS', async () => {
  const tunnel = await door(own, operator.secret);
  const update = await begin(own, operator.secret);
  const { inputs } = own.recorded;
  expect(await tunnel.update(own.urn, own.instanceId, inputs, inputs)).toEqual(REFUSED('announced no such step'));
  await update.announce('updating', own.recorded);
  const tags = [`plinth-vps-${other.id}-g1`];
  expect(await tunnel.update(own.urn, own.instanceId, inputs, { ...inputs, tags })).toEqual(REFUSED('mark of another VPS'));
  const moved = { ...inputs, region: 'elsewhere' };
  expect(await tunnel.update(own.urn, own.instanceId, inputs, moved)).toEqual(REFUSED('would be replaced by a change of region'));
  expect(await tunnel.update(own.urn, own.instanceId, inputs, inputs)).toEqual(PASSED);
  await update.end();
  expect(await tunnel.update(own.urn, own.instanceId, inputs, inputs)).toEqual(REFUSED('No update of vps-'));
  // Another update of the same token is not the one this connection belonged to.
  const later = await begin(own, operator.secret);
  await later.announce('updating', own.recorded);
  expect(await tunnel.update(own.urn, own.instanceId, inputs, inputs)).toEqual(REFUSED('No update of vps-'));
  await later.end();
  const { events } = await plinth.json('audit', '--limit', '100');
  const changed = events.filter(({ action }: any) => action === 'account.changed-by-hand');
  expect(changed).toEqual([
    expect.objectContaining({
      actor: 'otto',
      organization_id: null,
      data: expect.objectContaining({ operation: 'update', urn: own.urn, vps: own.id, update: update.id }),
    }),
  ]);
});

test('a preview looks and changes nothing', async () => {
  const preview = await begin(own, operator.secret, 'update', true);
  const tunnel = await door(own, operator.secret);
  const { inputs } = own.recorded;
  expect(await tunnel.read(own.urn, own.instanceId)).toEqual(PASSED);
  expect(await tunnel.create(own.urn, inputs, true)).toEqual(PASSED);
  expect(await tunnel.create(own.urn, inputs)).toEqual(REFUSED('A preview does not create'));
  expect(await tunnel.update(own.urn, own.instanceId, inputs, inputs)).toEqual(REFUSED('A preview does not update'));
  expect(await tunnel.delete(own.urn, own.instanceId)).toEqual(REFUSED('A preview does not delete'));
  expect(preview.id).not.toBe('');
});

test('what needs no account is not served, so nothing on the service’s own machine can be reached by it', async () => {
  await begin(own, operator.secret, 'update', true);
  const tunnel = await door(own, operator.secret);
  const handshake = new providerPb.ProviderHandshakeRequest();
  handshake.setEngineAddress('127.0.0.1:1');
  expect((await tunnel.ask('handshake', handshake)).code).toBe(grpc.status.UNIMPLEMENTED);
  expect((await tunnel.ask('getSchema', new providerPb.GetSchemaRequest())).code).toBe(grpc.status.UNIMPLEMENTED);
});

test('only those who may reach a provider open it, and a foreign VPS is none', async () => {
  const viewer = await token('vera', 'viewer');
  const { organization } = await plinth.json('organization', 'create', 'seller-a');
  const bound = await token('anna', 'admin', '--organization', organization.id);
  const opened = (secret: string, vpsId: string, name = pulumiPackage) =>
    openTunnel({ origin: plinth.origin, token: secret, vpsId, pulumiPackage: name }).then(
      (tunnel) => {
        tunnel.close();
        return 'open';
      },
      (error: Error) => error.message,
    );
  expect(await opened('plinth_nothing', own.id)).toContain('(401)');
  expect(await opened(viewer.secret, own.id)).toContain('(403)');
  // The seller's door: an organization's token does not learn whether there is such a VPS.
  const foreign = await opened(bound.secret, own.id);
  expect(foreign).toContain('(403)');
  expect(foreign.replace(own.id, 'ID')).toBe((await opened(bound.secret, 'zzzzzzzzzzzzzzzz')).replace('zzzzzzzzzzzzzzzz', 'ID'));
  await plinth.json('vps', 'give', 'other', 'seller-a', '--reason', 'sold', '--yes');
  expect(await opened(bound.secret, other.id)).toContain('(403)');
  expect(await opened(operator.secret, own.id, 'nothing')).toContain('(404)');
  expect(await opened(operator.secret, own.id)).toBe('open');
});

test('a tunnel closes, and serves nothing before that, once its token is revoked', async () => {
  const { id, secret } = await token('short', 'operator');
  await begin(own, secret, 'update', true);
  const tunnel = await door(own, secret);
  expect(await tunnel.read(own.urn, own.instanceId)).toEqual(PASSED);
  await plinth.json('token', 'revoke', id, '--yes');
  expect((await tunnel.read(own.urn, own.instanceId)).code).not.toBe(grpc.status.OK);
  const closed = (): boolean => tunnel.client.getChannel().getConnectivityState(false) !== grpc.connectivityState.READY;
  await until(closed, { timeoutMs: 5_000, what: 'the tunnel to close' });
});
