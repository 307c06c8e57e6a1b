import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { providers } from '../providers/list.ts';
import type { InstanceModule, InstanceRequest } from '../providers/provider.ts';
import { VpsSpec } from '../stacks/spec.ts';
import { planVps } from './customer-vps.plan.ts';
import { CustomerVps, type CustomerVpsArgs } from './customer-vps.ts';

beforeEach(() =>
  pulumi.runtime.setMocks({
    newResource: (args) => ({ id: args.name, state: { ...args.inputs, result: 'Gener4ted-pass_word' } }),
    call(args) {
      throw new Error(`Unexpected call of ${args.token}.`);
    },
  }),
);
afterEach(() => pulumi.runtime.disconnect());

class Server extends pulumi.CustomResource {}

const rules = providers.find((provider) => provider.instance)!.descriptor;

function planned(imported: object = {}) {
  const spec = VpsSpec.parse({
    version: 1,
    vpsId: 'abcd1234',
    generation: 3,
    label: 'Web',
    hostname: 'web',
    compute: {
      provider: rules.id,
      accountId: 'a',
      region: 'r',
      plan: 'p',
      image: 'i',
      windows: false,
      ipv6: false,
      backups: false,
      options: {},
      ...imported,
    },
    dns: null,
    tags: [],
    sshPublicKeys: [],
    firewall: null,
    cloudInit: {},
  });
  const result = planVps(spec, rules);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

async function declared(replaceInstance: boolean, generatedPassword?: string, imported?: object, answers?: CustomerVpsArgs['answers']) {
  let seen: { request: InstanceRequest; opts: pulumi.CustomResourceOptions } | undefined;
  const instance: InstanceModule = {
    ignoreChanges: ['image', 'userData'],
    importedIgnoreChanges: ['network'],
    declare(name, request, opts) {
      seen = { request, opts };
      const resource = new Server('test:index:Server', name, {}, { parent: opts.parent! });
      const base = { resource, instanceId: resource.id, ipv4: pulumi.output('192.0.2.1'), ipv6: pulumi.output('') };
      return generatedPassword === undefined ? base : { ...base, generatedPassword: pulumi.secret(generatedPassword) };
    },
  };
  const vps = new CustomerVps('vps', {
    plan: planned(imported),
    instance,
    dnsRecord: null,
    replaceInstance,
    ...(answers ? { answers } : {}),
  });
  return { vps, ...seen! };
}

test('a disk changes only when a reinstall is ordered', async () => {
  expect((await declared(false)).opts).toMatchObject({ ignoreChanges: ['image', 'userData'], replacementTrigger: 3 });
  expect((await declared(true)).opts).toMatchObject({ ignoreChanges: [], replacementTrigger: 3 });
});

test('the password is made first, and user data and password are secret', async () => {
  const { opts, request, vps } = await declared(false);
  const [password] = opts.dependsOn as pulumi.Resource[];
  expect((password as any).__pulumiType).toBe('random:index/randomPassword:RandomPassword');
  expect(opts.parent).toBe(vps);
  expect(await pulumi.isSecret(pulumi.output(request.userData))).toBe(true);
  expect(await pulumi.isSecret(request.rootPassword)).toBe(true);
  expect(await pulumi.isSecret(vps.rootPassword)).toBe(true);
});

test('what people answered reaches the instance, and what is secret of it stays so', async () => {
  const answers = { values: { ipv4: '203.0.113.7', key: 'hush' }, secret: ['key'] };
  const { request } = await declared(false, undefined, {}, answers);
  expect([request.answers?.['ipv4'], await pulumi.isSecret(pulumi.output(request.answers?.['key']))]).toEqual(['203.0.113.7', true]);
  expect((await declared(false)).request).not.toHaveProperty('answers');
});

test('a password that only the provider can make wins', async () => {
  const { vps } = await declared(false, 'Made-by-the-cl0ud');
  expect(await (vps.rootPassword as any).promise()).toBe('Made-by-the-cl0ud');
  expect(await pulumi.isSecret(vps.rootPassword)).toBe(true);
});

test('an imported server is named, left alone, and has no password that anybody knows', async () => {
  const { opts, vps } = await declared(false, 'Made-by-the-cl0ud', { imported: { id: '4711', label: 'old', marked: false } });
  expect(opts).toMatchObject({ import: '4711', ignoreChanges: ['image', 'userData', 'network'], dependsOn: [], protect: true });
  expect(await (vps.rootPassword as any).promise()).toBe('');
  expect((await declared(false)).opts).not.toHaveProperty('import');
});
