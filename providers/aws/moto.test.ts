/** The client against moto, an EC2 of other people. */
import { createServer as createFront, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Moto, motoMissing, startMoto } from '../../test/support/moto.ts';
import { identityTag } from '../identity.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { quietContext } from '../testing/context.ts';
import { Ami, Ec2, filters, listOf } from './ec2.ts';
import { addresses, groups, keyPairs } from './helpers.ts';
import { provider } from './index.ts';
import { servers } from './server.ts';

const STRICT = { MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: '1', MOTO_ENABLE_AMI_VALIDATION: '1', MOTO_ENABLE_KEYPAIR_VALIDATION: '1' };

let moto: Moto | undefined;
let front: Server;
let connection: AccountConnection;
let ec2: Ec2;
let ctx: ResourceContext<Ec2>;
const definition = (token: string) => provider.resources.find((each) => each.token === token)!;

/** Moto knows neither this filter of volumes (a server has one disk there) nor the tags of an image's snapshots. */
const UNKNOWN_FILTER = '&Filter.2.Name=attachment.delete-on-termination&Filter.2.Value.1=true';
const SNAPSHOT_TAGS = /&TagSpecification\.2\.[^&]*/g;
const NO_TASKS = '<DescribeReplaceRootVolumeTasksResponse><replaceRootVolumeTaskSet/></DescribeReplaceRootVolumeTasksResponse>';

/** Moto as it is, but for what it does not know. It never replaces a root volume, and so has no task that does. */
async function inFrontOf(moto: string): Promise<string> {
  front = createFront(async (asked, answer) => {
    const { method = 'GET', url = '/', headers } = asked;
    if (url.includes('Action=DescribeReplaceRootVolumeTasks')) {
      answer.setHeader('content-type', 'text/xml').end(NO_TASKS);
      return;
    }
    const said = await text(asked);
    const body = said.includes('Action=CreateImage') ? said.replaceAll(SNAPSHOT_TAGS, '') : said;
    const { authorization = '', 'content-type': contentType = '' } = headers;
    const told = await fetch(moto + url.replace(UNKNOWN_FILTER, ''), {
      method,
      headers: { authorization, 'content-type': contentType },
      ...(method === 'GET' ? {} : { body }),
    });
    answer.writeHead(told.status, { 'content-type': told.headers.get('content-type') ?? 'text/xml' }).end(await told.text());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

describe.skipIf(motoMissing)('judged by moto', () => {
  beforeAll(async () => {
    moto = await startMoto(STRICT);
    const baseUrl = await inFrontOf(moto!.baseUrl);
    const credential = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      region: 'eu-central-1',
    };
    // Not the real one: it is as quick as a simulator.
    const endpoint = { kind: 'simulator', baseUrl } as const;
    connection = { accountId: 'moto', credential, endpoint, budget: new RateBudget(10_000, 1_000) };
    ec2 = new Ec2(connection);
    ctx = quietContext(ec2, 'urn:pulumi:moto::plinth::test::moto');
  }, 90_000);
  afterAll(() => {
    front?.close();
    moto?.close();
  });

  it('knows the key, the region and its systems', async () => {
    const compute = provider.compute!(connection);
    expect(await compute.account()).toMatchObject({ status: 'active', name: expect.stringMatching(/^\d{12} .* in eu-central-1$/) });
    expect(await compute.regions()).toEqual([
      { id: 'eu-central-1', name: 'Frankfurt', country: 'DE', location: { latitude: 50.11, longitude: 8.68 }, available: true },
    ]);
    expect((await ec2.type('t3.medium')).memoryInfo.sizeInMiB).toBe(4096);
    await expect(ec2.type('t3.gigantic')).rejects.toThrow('[aws/');
    expect(Array.isArray(await compute.images())).toBe(true);
  }, 60_000);

  it('lives a whole life with key, group and address', async () => {
    const call = { client: ec2, signal: ctx.signal };
    const { imagesSet } = await ec2.look(
      { Action: 'DescribeImages', ...filters({ architecture: ['x86_64'], state: ['available'] }) },
      z.object({ imagesSet: listOf(Ami) }),
    );
    const ami = imagesSet.find(({ name }) => name.startsWith('ubuntu/images/hvm'))!.imageId;
    const key = await definition('aws:ec2/keyPair:KeyPair').create(ctx, { keyName: 'plinth-key-moto-1', publicKey: KEY });
    const rules = [{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] }];
    const wall = definition('aws:ec2/securityGroup:SecurityGroup');
    const walled: Properties = { name: 'plinth-moto', description: 'Plinth VPS moto', ingress: rules };
    const group = await wall.create(ctx, walled);
    const more = [...rules, { protocol: 'icmp', fromPort: -1, toPort: -1, cidrBlocks: ['198.51.100.0/24'] }];
    await wall.update!(ctx, group.id, { oldInputs: walled, oldOutputs: group.outputs, inputs: { ...walled, ingress: more } });
    expect((await groups.get(call, group.id))!.ipPermissions).toHaveLength(2);
    await wall.update!(ctx, group.id, { oldInputs: walled, oldOutputs: group.outputs, inputs: walled });
    expect((await groups.get(call, group.id))!.ipPermissions).toHaveLength(1);

    const mark = identityTag('moto000000000001', 1);
    const server = definition('aws:ec2/instance:Instance');
    const inputs: Properties = {
      ami,
      instanceType: 't3.small',
      tags: { Name: 'moto-one', [mark]: '' },
      keyName: key.id,
      vpcSecurityGroupIds: [group.id],
      associatePublicIpAddress: true,
      userData: '#cloud-config\n',
    };
    const made = await server.create(ctx, inputs);
    expect((await server.create(ctx, inputs)).id).toBe(made.id);
    const eip = definition('aws:ec2/eip:Eip');
    const address = await eip.create(ctx, { domain: 'vpc', instance: made.id, tags: { Name: 'plinth-moto' } });
    const compute = provider.compute!(connection);
    const seen = async () => (await compute.getInstance(made.id))!;
    expect(await seen()).toMatchObject({
      label: 'moto-one',
      status: 'running',
      plan: 't3.small',
      ipv4: address.outputs['publicIp'],
      tags: [mark],
    });

    const change = { ...inputs, instanceType: 't3.medium', tags: { Name: 'moto-two', [mark]: '', web: '' } };
    await server.update!(ctx, made.id, { oldInputs: inputs, oldOutputs: made.outputs, inputs: change });
    // The lasting address outlives the stop that a larger type needs; moto shows a new one of its own on the server meanwhile.
    expect(await seen()).toMatchObject({ label: 'moto-two', status: 'running', plan: 't3.medium' });
    expect(await addresses.get(call, address.id)).toMatchObject({ instanceId: made.id, publicIp: address.outputs['publicIp'] });
    expect([...(await seen()).tags].sort()).toEqual([mark, 'web'].sort());
    expect((await ec2.rootVolume(made.id)).size).toBe(40);
    await compute.power(made.id, 'off');
    expect((await seen()).status).toBe('stopped');
    await compute.power(made.id, 'reboot');
    expect((await seen()).status).toBe('running');
    const name = 'plinth-vps-moto000000000001-kept';
    const kept = await compute.snapshots!.create(made.id, name);
    expect(await compute.snapshots!.create(made.id, name)).toMatchObject({ id: kept.id, status: 'available', instanceId: made.id });
    expect(await compute.listOwned()).toContainEqual({ kind: 'snapshot', id: kept.id, name, vpsId: 'moto000000000001' });
    await compute.snapshots!.delete(kept.id);
    expect((await compute.listInstances()).items.map(({ id }) => id)).toEqual([made.id]);

    await eip.delete(ctx, address.id, address.outputs);
    await server.delete(ctx, made.id, made.outputs);
    // It stays listed, terminated and with its tags, and is nobody's.
    expect(await server.read(ctx, made.id, { inputs, outputs: made.outputs })).toBeNull();
    expect((await compute.listInstances()).items).toEqual([]);
    await wall.delete(ctx, group.id, group.outputs);
    await definition('aws:ec2/keyPair:KeyPair').delete(ctx, key.id, key.outputs);
    const left = await Promise.all([servers.list(call), keyPairs.list(call), addresses.list(call)]);
    expect(left.flat()).toEqual([]);
  }, 120_000);
});

const KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')} moto`;
