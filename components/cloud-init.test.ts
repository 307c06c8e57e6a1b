import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CloudInitSpec } from '../stacks/spec.ts';
import { buildCloudInit, cloudInitBytes, containsSecret, type CloudInitPlan } from './cloud-init.ts';
import { sha512Crypt, saltFrom } from './sha512-crypt.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Z a@b';
const PASSWORD = 'S3cret/pass+word=-_9';

function planOf(parts: Partial<CloudInitSpec> = {}, over: Partial<CloudInitPlan> = {}): CloudInitPlan {
  return { hostname: 'web.plinth.test', sshPublicKeys: [], parts: CloudInitSpec.parse(parts), saltSeed: 'plinth-vps-abcd-g1', ...over };
}
const read = (text: string): any => parse(text, { version: '1.1' });

test('holds the hash, the same at every run, and says so in bytes beforehand', () => {
  const text = buildCloudInit(planOf(), PASSWORD);
  expect(text).toMatch(/^#cloud-config\n/);
  expect(text).toBe(buildCloudInit(planOf(), PASSWORD));
  expect(cloudInitBytes(planOf())).toBe(Buffer.byteLength(text));
  const hash = sha512Crypt(PASSWORD, saltFrom('plinth-vps-abcd-g1'));
  expect(read(text).chpasswd).toEqual({ expire: false, users: [{ name: 'root', type: 'hash', password: hash }] });
  expect(read(text)).toMatchObject({ hostname: 'web', fqdn: 'web.plinth.test', ssh_pwauth: true, disable_root: false });
});

test('with a key, passwords are not taken over the network', () => {
  const document = read(buildCloudInit(planOf({}, { sshPublicKeys: [KEY] }), PASSWORD));
  expect(document).toMatchObject({ ssh_pwauth: false, ssh_authorized_keys: [KEY] });
  expect(document.write_files[0].content).toBe('PermitRootLogin prohibit-password\n');
});

test('every part arrives, services as argument lists', () => {
  const document = read(
    buildCloudInit(
      planOf({
        packages: ['nginx'],
        packageUpgrade: true,
        users: [{ name: 'ops', sudo: true, shell: '/bin/bash', sshPublicKeys: [KEY] }],
        files: [{ path: '/etc/motd', content: 'no\n0644: yes\n\u0007é', owner: 'ops:ops', permissions: '0640' }],
        services: ['nginx'],
        timezone: 'Europe/Berlin',
      }),
      PASSWORD,
    ),
  );
  expect(document).toMatchObject({ packages: ['nginx'], package_update: true, package_upgrade: true, timezone: 'Europe/Berlin' });
  expect(document.users).toEqual(['default', expect.objectContaining({ name: 'ops', lock_passwd: true, sudo: 'ALL=(ALL) NOPASSWD:ALL' })]);
  expect(document.write_files[1]).toEqual({
    path: '/etc/motd',
    content: 'no\n0644: yes\n\u0007é',
    owner: 'ops:ops',
    permissions: '0640',
    defer: true,
  });
  expect(document.runcmd).toEqual([['systemctl', 'enable', '--now', '--', 'nginx']]);
});

test('a secret is found raw, URL-encoded, in hex and in base64 at any alignment', () => {
  for (const before of ['', 'a', 'ab', 'abc']) {
    const buffer = Buffer.from(`${before}${PASSWORD}tail`);
    expect(containsSecret(buffer.toString('base64'), PASSWORD)).toBe(true);
    expect(containsSecret(buffer.toString('base64url'), PASSWORD)).toBe(true);
  }
  expect(containsSecret(`x=${encodeURIComponent(PASSWORD)}`, PASSWORD)).toBe(true);
  expect(containsSecret(Buffer.from(PASSWORD).toString('hex'), PASSWORD)).toBe(true);
  expect(containsSecret('nothing here', PASSWORD)).toBe(false);
});

test('a document that would show the password is refused without showing it', () => {
  const file = { path: '/root/x', content: `pw: ${PASSWORD}`, owner: 'root:root', permissions: '0600' };
  let message = '';
  try {
    buildCloudInit(planOf({ files: [file] }), PASSWORD);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain('in clear');
  expect(message).not.toContain(PASSWORD);
});

test('any file content survives the way to YAML and back, and no password is in the document', () => {
  const password = fc.string({ minLength: 12, maxLength: 30, unit: fc.constantFrom(...'abcXYZ0189-_.+=/"\\\' ') });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), password, (content, secret) => {
      const plan = planOf({ files: [{ path: '/x', content, owner: 'root:root', permissions: '0644' }] });
      const text = buildCloudInit(plan, secret);
      const document = read(text);
      expect(document.write_files[1]).toMatchObject({ content, permissions: '0644' });
      expect(containsSecret(text, secret)).toBe(false);
    }),
    { numRuns: 25 },
  );
});
