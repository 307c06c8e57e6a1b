/**
 * The `#cloud-config` document of a Linux server, built as data and serialised once. Pure.
 *
 * Every process on the server, and anything that can make it send a request, may read its user data
 * for as long as the server lives. So the document holds a password's hash and public keys, nothing
 * that opens a door by itself, and a build that would put the password in clear throws.
 */
import { stringify } from 'yaml';
import type { CloudInitSpec } from '../stacks/spec.ts';
import { PASSWORD_HASH } from './setup-script.ts';
import { saltFrom, sha512Crypt, SHA512_CRYPT_LENGTH } from '../lib/sha512-crypt.ts';

export interface CloudInitPlan {
  /** Single label or FQDN. */
  readonly hostname: string;
  /** Public keys that may log in as root. */
  readonly sshPublicKeys: readonly string[];
  readonly parts: CloudInitSpec;
  /** Whatever identifies the server across runs; the password's salt comes from it. */
  readonly saltSeed: string;
}

const HEADER = '#cloud-config\n';
/** Sorts before the image's own drop-ins: in sshd's configuration the first value found wins. */
const SSHD_DROP_IN = '/etc/ssh/sshd_config.d/01-plinth.conf';

/** The document with the password's SHA-512 crypt hash in it. Throws when the password would appear in clear. */
export function buildCloudInit(plan: CloudInitPlan, rootPassword: string): string {
  const document = serialise(plan, sha512Crypt(rootPassword, saltFrom(plan.saltSeed)));
  if (containsSecret(document, rootPassword)) {
    throw new Error(
      'cloud-init: the document contains the root password in clear, where every process on the server could read it. ' +
        'Remove it from the files, packages and users of the spec.',
    );
  }
  return document;
}

/** Size in bytes of what `buildCloudInit` will return, known before the password is: a hash's length is fixed. */
export function cloudInitBytes(plan: CloudInitPlan): number {
  return Buffer.byteLength(serialise(plan, 'x'.repeat(SHA512_CRYPT_LENGTH)));
}

/** True when `text` holds `secret` as it is, URL-encoded, in hex, or inside base64 at any alignment. */
export function containsSecret(text: string, secret: string): boolean {
  if (secret === '') return false;
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex')];
  for (let shift = 0; shift < 3; shift++) {
    // Only the characters that depend on no neighbouring byte.
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = encoded.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
    if (whole.length >= 6) forms.push(whole, whole.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms.some((form) => text.includes(form));
}

/**
 * YAML that PyYAML's pure loader, which cloud-init uses, reads back exactly. It reads YAML 1.1, where plain `0644`, `no` or
 * `12:30:00` are not strings, and it folds lines: so every value is one double-quoted line of JSON's escapes. What JSON leaves
 * as it is and PyYAML refuses or takes for a line break (its `Reader.NON_PRINTABLE`, `Scanner.scan_line_break`) is escaped too.
 */
function serialise(plan: CloudInitPlan, passwordHash: string): string {
  const text = stringify(cloudConfig(plan, passwordHash), {
    version: '1.1',
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedAsJSON: true,
    aliasDuplicateObjects: false,
  });
  return HEADER + text.replaceAll(UNREADABLE, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

const UNREADABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Where a file waits for an owner that this document or a package makes only later. */
const STAGING = '/var/lib/cloud/plinth';

/**
 * Least version of cloud-init that knows each key of the document (its release notes and `cc_*.py`). An older one ignores a
 * key that it does not know, so what it would lose is done again by `runcmd`: the root password, which versions before 22.3
 * take from no `chpasswd.users`. Debian 11 has 20.4, CentOS 7 has 19.4.
 */
export const LEAST_VERSION: Readonly<Record<string, string>> = {
  hostname: '0.6',
  fqdn: '0.6',
  preserve_hostname: '0.6',
  manage_etc_hosts: '0.6',
  disable_root: '0.6',
  ssh_pwauth: '0.6',
  ssh_authorized_keys: '0.6',
  chpasswd: '0.6',
  users: '0.7',
  timezone: '0.6',
  package_update: '0.7',
  package_upgrade: '0.7',
  packages: '0.6',
  write_files: '0.7',
  runcmd: '0.6',
};

function cloudConfig(plan: CloudInitPlan, passwordHash: string): Record<string, unknown> {
  const { parts, sshPublicKeys } = plan;
  // With a key at hand nobody needs to guess passwords over the network; the console still takes it.
  const passwordLogin = sshPublicKeys.length === 0;
  return {
    ...hostNames(plan.hostname),
    disable_root: false,
    ssh_pwauth: passwordLogin,
    chpasswd: { expire: false, users: [{ name: 'root', type: 'hash', password: passwordHash }] },
    ...(sshPublicKeys.length > 0 ? { ssh_authorized_keys: [...sshPublicKeys] } : {}),
    ...(parts.users.length > 0 ? { users: ['default', ...parts.users.map(user)] } : {}),
    ...(parts.timezone === undefined ? {} : { timezone: parts.timezone }),
    ...(parts.packageUpdate || parts.packages.length > 0 ? { package_update: true } : {}),
    ...(parts.packageUpgrade ? { package_upgrade: true } : {}),
    ...(parts.packages.length > 0 ? { packages: parts.packages } : {}),
    write_files: [
      { path: SSHD_DROP_IN, permissions: '0644', content: `PermitRootLogin ${passwordLogin ? 'yes' : 'prohibit-password'}\n` },
      ...parts.files.map((each, index) => file({ ...each, content: each.content.replaceAll(PASSWORD_HASH, () => passwordHash) }, index)),
    ],
    runcmd: commands(parts, passwordHash),
  };
}

/** Argument lists, never a shell's line but the one whose only variable part is a hash: nothing in a name can become a command. */
function commands({ files, services }: CloudInitSpec, passwordHash: string): string[][] {
  const staged = files.flatMap((spec, index) => (ownedByRoot(spec) ? [] : [install(spec, index)]));
  return [
    ['sh', '-c', `grep -qF 'root:${passwordHash}:' /etc/shadow || printf '%s\\n' 'root:${passwordHash}' | chpasswd -e`],
    ...staged,
    ...(staged.length > 0 ? [['rm', '-rf', '--', STAGING]] : []),
    ...services.map((unit) => ['systemctl', 'enable', '--now', '--', unit]),
  ];
}

function hostNames(hostname: string): Record<string, unknown> {
  const short = hostname.split('.', 1)[0]!;
  return { hostname: short, ...(hostname.includes('.') ? { fqdn: hostname } : {}), preserve_hostname: false, manage_etc_hosts: true };
}

function user(spec: CloudInitSpec['users'][number]): Record<string, unknown> {
  return {
    name: spec.name,
    shell: spec.shell,
    lock_passwd: true,
    ...(spec.sudo ? { sudo: 'ALL=(ALL) NOPASSWD:ALL' } : {}),
    ...(spec.sshPublicKeys.length > 0 ? { ssh_authorized_keys: spec.sshPublicKeys } : {}),
  };
}

type FileSpec = CloudInitSpec['files'][number];

function ownedByRoot({ owner }: FileSpec): boolean {
  return owner === 'root' || owner.startsWith('root:');
}

/**
 * Files are written before users and packages exist. `defer` would wait, but versions before 21.3 do not know it and stop at
 * the first owner that is not there, so others' files are put in place at the end.
 */
function file(spec: FileSpec, index: number): Record<string, unknown> {
  const content = { content: spec.content, ...(spec.encoding === 'base64' ? { encoding: 'b64' } : {}) };
  return ownedByRoot(spec)
    ? { path: spec.path, owner: spec.owner, permissions: spec.permissions, ...content }
    : { path: `${STAGING}/${index}`, permissions: '0600', ...content };
}

function install({ path, owner, permissions }: FileSpec, index: number): string[] {
  const [user, group] = owner.split(':') as [string, string?];
  return ['install', '-D', '-o', user, ...(group === undefined ? [] : ['-g', group]), '-m', permissions, '--', `${STAGING}/${index}`, path];
}
