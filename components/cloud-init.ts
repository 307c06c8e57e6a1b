/**
 * The `#cloud-config` document of a Linux server, built as data and serialised once. Pure.
 *
 * Every process on the server, and anything that can make it send a request, may read its user data
 * for as long as the server lives. So the document holds a password's hash and public keys, nothing
 * that opens a door by itself, and a build that would put the password in clear throws.
 */
import { stringify } from 'yaml';
import type { CloudInitSpec } from '../stacks/spec.ts';
import { saltFrom, sha512Crypt, SHA512_CRYPT_LENGTH } from './sha512-crypt.ts';

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

function serialise(plan: CloudInitPlan, passwordHash: string): string {
  // cloud-init reads YAML 1.1, where plain `0644`, `no` or `12:30:00` are not strings: quote every value.
  return (
    HEADER +
    stringify(cloudConfig(plan, passwordHash), {
      version: '1.1',
      lineWidth: 0,
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
      aliasDuplicateObjects: false,
    })
  );
}

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
      ...parts.files.map(file),
    ],
    // Argument lists, never a shell's line: nothing in a name can become a command.
    ...(parts.services.length > 0 ? { runcmd: parts.services.map((unit) => ['systemctl', 'enable', '--now', '--', unit]) } : {}),
  };
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

function file(spec: CloudInitSpec['files'][number]): Record<string, unknown> {
  return {
    path: spec.path,
    owner: spec.owner,
    permissions: spec.permissions,
    content: spec.content,
    // An owner that this document creates exists only in the last stage.
    ...(spec.owner.startsWith('root:') || spec.owner === 'root' ? {} : { defer: true }),
  };
}
