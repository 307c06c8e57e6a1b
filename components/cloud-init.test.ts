import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CloudInitSpec } from '../stacks/spec.ts';
import { buildCloudInit, cloudInitBytes, containsSecret, type CloudInitPlan, LEAST_VERSION } from './cloud-init.ts';
import { sha512Crypt, saltFrom } from '../lib/sha512-crypt.ts';

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

test('every part arrives, commands as argument lists, files of others at the end', () => {
  const document = read(
    buildCloudInit(
      planOf({
        packages: ['nginx', 'NetworkManager-1.40.0', 'curl=7.88.1-10+deb12u8'],
        packageUpgrade: true,
        users: [{ name: 'ops', sudo: true, shell: '/bin/bash', sshPublicKeys: [KEY] }],
        files: [
          { path: '/etc/motd', content: 'no\n0644: yes\n\u0007é', owner: 'root:root', permissions: '0644' },
          { path: '/home/ops/key', content: 'AAH/', encoding: 'base64', owner: 'ops:ops', permissions: '0640' },
        ],
        services: ['nginx'],
        timezone: 'Europe/Berlin',
      }),
      PASSWORD,
    ),
  );
  expect(document).toMatchObject({ package_update: true, package_upgrade: true, timezone: 'Europe/Berlin' });
  expect(document.packages).toEqual(['nginx', 'NetworkManager-1.40.0', 'curl=7.88.1-10+deb12u8']);
  expect(document.users).toEqual(['default', expect.objectContaining({ name: 'ops', lock_passwd: true, sudo: 'ALL=(ALL) NOPASSWD:ALL' })]);
  expect(document.write_files.slice(1)).toEqual([
    { path: '/etc/motd', content: 'no\n0644: yes\n\u0007é', owner: 'root:root', permissions: '0644' },
    { path: '/var/lib/cloud/plinth/1', content: 'AAH/', encoding: 'b64', permissions: '0600' },
  ]);
  expect(document.runcmd.slice(1)).toEqual([
    ['install', '-D', '-o', 'ops', '-g', 'ops', '-m', '0640', '--', '/var/lib/cloud/plinth/1', '/home/ops/key'],
    ['rm', '-rf', '--', '/var/lib/cloud/plinth'],
    ['systemctl', 'enable', '--now', '--', 'nginx'],
  ]);
});

test('an image whose cloud-init is older than chpasswd.users gets the password all the same', () => {
  const document = read(buildCloudInit(planOf(), PASSWORD));
  const [shell, flag, line] = document.runcmd[0];
  const hash = sha512Crypt(PASSWORD, saltFrom('plinth-vps-abcd-g1'));
  expect([shell, flag]).toEqual(['sh', '-c']);
  const directory = mkdtempSync(join(tmpdir(), 'plinth-cloud-init-'));
  // The line in a real shell, with a shadow file and a chpasswd of our own in place of the machine's.
  const run = (shadow: string): string => {
    writeFileSync(join(directory, 'shadow'), shadow);
    const ours = line.replace('/etc/shadow', join(directory, 'shadow'));
    return execFileSync('sh', ['-c', `chpasswd() { echo "set $1"; cat; }; ${ours}`], { encoding: 'utf8' });
  };
  try {
    expect(run('root:*:19000:0:99999:7:::\n')).toBe(`set -e\nroot:${hash}\n`);
    expect(run(`daemon:*:1:\nroot:${hash}:19000:0:99999:7:::\n`)).toBe('');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every key of the document is known to the oldest cloud-init of the catalogues', () => {
  const document = read(
    buildCloudInit(
      planOf(
        { packages: ['x'], packageUpgrade: true, users: [{ name: 'a', sudo: true, shell: '/bin/sh', sshPublicKeys: [] }], timezone: 'UTC' },
        { sshPublicKeys: [KEY] },
      ),
      PASSWORD,
    ),
  );
  // CentOS 7 has 19.4.
  for (const key of Object.keys(document)) expect(Number.parseFloat(LEAST_VERSION[key] ?? '99'), key).toBeLessThan(19);
  expect(JSON.stringify(document)).not.toContain('defer');
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

const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import yaml']).status === 0);
const cloudInit = spawnSync('/usr/bin/python3', ['-c', 'import cloudinit.util']).status === 0;
if (!python) console.warn('not compared with PyYAML: install python3-yaml');
if (!cloudInit) console.warn('not compared with cloud-init itself: install cloud-init');

/** What cloud-init's own way of reading makes of each document: parsed, then a file's content decoded as it decodes it. */
function readInPython(command: string, load: string, documents: readonly string[]): any[] {
  const script = [
    'import sys, json',
    load,
    'documents = json.load(sys.stdin)',
    "json.dump([load(d.encode('utf-8')) for d in documents], sys.stdout)",
  ].join('\n');
  const out = execFileSync(command, ['-c', script], { input: JSON.stringify(documents), encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(out);
}

/** Every character that a request may carry: no NUL, no half of a pair. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom(
        '\u0085',
        '\u0093',
        '\u007f',
        '\u2028',
        '\ufeff',
        '\uffff',
        '\r',
        '\n',
        ' ',
        '\t',
        '\\',
        '"',
        'a',
        '😀',
        '%',
        '#',
      ),
      maxLength: 60,
    }),
    // One blank between long lines, which a folding writer turns into something else.
    fc.constantFrom(`${'x'.repeat(200)}\n \n${'y'.repeat(200)}`, 'Welcome to \u0093Acme\u0094', ' ', '\n', '\r\n', '...\n---\n', '{{ v }}'),
  )
  .map((text) => text.replaceAll('\0', ''));

const texts = fc.sample(anyText, { numRuns: 400, seed: 7 });
const PER_DOCUMENT = 50;

test
  .runIf(python)
  .each([
    ['PyYAML', python!, "import yaml\ndef load(b): return yaml.safe_load(b.decode('utf-8'))"],
    ...(cloudInit
      ? [['cloud-init', '/usr/bin/python3', 'from cloudinit import util\ndef load(b): return util.load_yaml(b)'] as const]
      : []),
  ] as [string, string, string][])('user data arrives byte for byte through %s', (_, command, load) => {
  const groups = Array.from({ length: texts.length / PER_DOCUMENT }, (_, n) => texts.slice(n * PER_DOCUMENT, (n + 1) * PER_DOCUMENT));
  const keysOf = (group: readonly string[]) => group.map((comment) => `${KEY} ${comment.replaceAll(/[\r\n]/g, '')}`);
  const documents = groups.map((group) => {
    const files = group.map((content) => ({ path: '/x', content, owner: 'root:root', permissions: '0644' }));
    return buildCloudInit(planOf({ files }, { sshPublicKeys: keysOf(group) }), PASSWORD);
  });
  const found = readInPython(command, load, documents);
  for (const [index, group] of groups.entries()) {
    expect(found[index].write_files.slice(1).map(({ content }: any) => content)).toEqual(group);
    expect(found[index].ssh_authorized_keys).toEqual(keysOf(group));
    expect(found[index].ssh_pwauth).toBe(false);
  }
});

test.runIf(cloudInit)('cloud-init finds nothing to say about the document', () => {
  const text = buildCloudInit(
    planOf(
      {
        packages: ['nginx'],
        packageUpgrade: true,
        users: [{ name: 'ops', sudo: true, shell: '/bin/bash', sshPublicKeys: [KEY] }],
        files: [{ path: '/home/ops/a', content: '\u0093', owner: 'ops:ops', permissions: '0640' }],
        services: ['nginx'],
        timezone: 'Europe/Berlin',
      },
      { sshPublicKeys: [KEY] },
    ),
    PASSWORD,
  );
  const directory = mkdtempSync(join(tmpdir(), 'plinth-cloud-init-'));
  try {
    writeFileSync(join(directory, 'user-data'), text);
    const checked = spawnSync('cloud-init', ['schema', '--config-file', join(directory, 'user-data')], { encoding: 'utf8' });
    expect(`${checked.stdout}${checked.stderr}`).toMatch(/Valid cloud-config/);
    expect(checked.stderr + checked.stdout).not.toMatch(/deprecat|invalid/i);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('no password is in the document, whatever it is', () => {
  const password = fc.string({ minLength: 12, maxLength: 30, unit: fc.constantFrom(...'abcXYZ0189-_.+=/"\\\' ') });
  fc.assert(
    fc.property(password, (secret) => {
      expect(containsSecret(buildCloudInit(planOf(), secret), secret)).toBe(false);
    }),
    { numRuns: 25 },
  );
});
