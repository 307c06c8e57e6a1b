/** `plinth vps create` */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { Operation } from '../../contract/operation.ts';
import type { Vps } from '../../contract/vps.ts';
import type { Api } from '../api.ts';
import { command, MUTATION_OPTIONS, type OptionSpecs, type Values, WAIT_OPTION, type Context } from '../command.ts';
import { usage } from '../errors.ts';
import { accountId, organizationId } from '../find.ts';
import { ask } from '../io.ts';
import { accepted } from './accepted.ts';
import { PICK_OPTIONS, pickedKeys } from './picked-keys.ts';
import { SETUP_OPTIONS, setupOf } from './setup-options.ts';

/** Which DNS name a server gets. */
export const DNS_NAME_OPTIONS = {
  'dns-zone': { type: 'string', value: 'ZONE', help: 'the zone, when there are several; implies --dns' },
  'dns-name': { type: 'string', value: 'NAME', help: 'another name in the zone; implies --dns' },
  'dns-account': { type: 'string', value: 'ACCOUNT', help: 'id or name, where several DNS accounts have the zone; implies --dns' },
  'reverse-dns': { type: 'boolean', help: 'let the addresses lead back to the name; implies --dns' },
} as const satisfies OptionSpecs;

const OPTIONS = {
  plan: { type: 'string', value: 'ID', help: 'the provider’s plan; see plinth catalog plans' },
  region: { type: 'string', value: 'ID', help: 'see plinth catalog regions' },
  image: { type: 'string', value: 'ID', help: 'see plinth catalog images' },
  'from-snapshot': { type: 'string', value: 'ID', help: 'in place of --image: a kept snapshot, see plinth snapshot list' },
  account: { type: 'string', value: 'ACCOUNT', help: 'id or name; needed when several accounts offer the plan' },
  'ssh-key': { type: 'string', value: 'FILE', multiple: true, help: 'public key file (or the key itself)' },
  ...PICK_OPTIONS,
  ...SETUP_OPTIONS,
  hostname: { type: 'string', value: 'NAME', help: 'default: the label, or its DNS name' },
  dns: { type: 'boolean', help: 'make a DNS name <label>.<zone>' },
  ...DNS_NAME_OPTIONS,
  proxied: { type: 'boolean', help: 'through the DNS provider’s proxy' },
  ipv6: { type: 'boolean', help: 'also an IPv6 address (--no-ipv6: none); default: when the provider can' },
  backups: { type: 'boolean', help: 'the provider’s backups' },
  tag: { type: 'string', value: 'TAG', multiple: true, help: 'a tag' },
  firewall: {
    type: 'string',
    value: 'RULE',
    multiple: true,
    help: 'protocol:ports:source, as in tcp:22:203.0.113.0/24 or icmp::0.0.0.0/0',
  },
  'cloud-init': { type: 'string', value: 'FILE', help: 'YAML or JSON with packages, users, files, services, timezone as in the API' },
  'root-password-stdin': { type: 'boolean', help: 'read the administrator’s password from standard input; default: a generated one' },
  reference: { type: 'string', value: 'TEXT', help: 'your own reference, unique' },
  organization: { type: 'string', value: 'ORGANIZATION', help: 'for whom, by id or name; default: the token’s organization' },
  file: { type: 'string', value: 'FILE', help: 'the whole request as YAML or JSON, fields as in the API; other options change it' },
  ...WAIT_OPTION,
  ...MUTATION_OPTIONS,
} as const satisfies OptionSpecs;

export const vpsCreate = command({
  path: ['vps', 'create'],
  summary: 'Create a VPS',
  details: 'Answers as soon as the order is recorded; --wait follows it until the server is there.',
  positionals: [{ name: 'label', help: 'lower-case letters, digits and hyphens; its name from now on', optional: true }],
  options: OPTIONS,
  examples: [
    'vps create web-1 --plan s-1vcpu-1gb --region fra1 --image ubuntu-24-04-x64 --ssh-key ~/.ssh/id_ed25519.pub --wait',
    'vps create web-2 --plan g6-nanode-1 --region eu-west --image linode/debian12 --firewall tcp:22:203.0.113.0/24 --firewall tcp:443:0.0.0.0/0',
    'vps create web-3 --plan g6-nanode-1 --region eu-west --image linode/debian12 --ssh-key-id laptop --ssh-key-id phone',
    'vps create web-4 --plan s-2vcpu-2gb --region fra1 --from-snapshot 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11 --wait',
    'vps create --file web-3.yaml --json',
  ],
  run: async (context, [label = ''], options) => {
    const api = await context.api();
    const body = await bodyOf(context, label, options, api);
    const answer = await api.change<{ instance: Vps; operation: Operation }>('POST', '/api/vps', {
      body,
      idempotencyKey: options['idempotency-key'],
    });
    return await accepted(context, api, answer, options.wait);
  },
});

type Options = Values<typeof OPTIONS>;

/** The request body: the file's fields, over them those of the options. */
async function bodyOf(context: Context, label: string, options: Options, api: Api): Promise<unknown> {
  const { cwd } = context.io;
  const base = options.file === undefined ? {} : await readDocument(resolve(cwd, options.file), '--file');
  const whose = options.organization && (await organizationId(api, options.organization));
  const password = options['root-password-stdin'] ? await administratorPassword(context) : undefined;
  const body = {
    ...base,
    ...given('label', label || undefined),
    ...given('type', options.plan),
    ...given('region', options.region),
    ...given('image', options.image),
    ...given('from_snapshot', options['from-snapshot']),
    ...given('provider_id', options.account === undefined ? undefined : await accountId(api, options.account)),
    ...given(
      'ssh_keys',
      options['ssh-key'].length === 0 ? undefined : await Promise.all(options['ssh-key'].map((key) => sshKey(cwd, key))),
    ),
    ...(await pickedKeys(api, whose ? { organization_id: whose } : {}, options)),
    ...given('hostname', options.hostname),
    ...given('dns', await dnsOf(api, options)),
    ...given('ipv6', options.ipv6),
    ...given('backups', options.backups),
    ...given('tags', options.tag.length === 0 ? undefined : options.tag),
    ...given('firewall', options.firewall.length === 0 ? undefined : options.firewall.map(firewallRule)),
    ...given(
      'cloud_init',
      options['cloud-init'] === undefined ? undefined : await readDocument(resolve(cwd, options['cloud-init']), '--cloud-init'),
    ),
    ...setupOf('vps create', options),
    ...given('root_pass', password),
    ...given('external_reference', options.reference),
    ...given('organization_id', whose),
  } as Record<string, unknown>;
  for (const [field, option] of [
    ['label', '<label>'],
    ['type', '--plan'],
    ['region', '--region'],
    ['image', '--image or --from-snapshot'],
  ] as const)
    if (body[field] === undefined && (field !== 'image' || body['from_snapshot'] === undefined))
      throw usage(`plinth vps create: ${option} is missing. Type it, or put "${field}" into --file; see: plinth vps create --help`);
  return body;
}

/** From standard input; on a terminal it is asked for without echo. */
export async function administratorPassword({ io }: Context): Promise<string> {
  if (io.stdin.isTTY) io.err('The password is not shown while you type.\n');
  return await ask(io, 'Administrator’s password: ', { secret: true });
}

function given(name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

/** The request's `dns`; undefined when nothing was said of it. */
export async function dnsOf(
  api: Api,
  options: Partial<Pick<Options, 'dns' | 'dns-zone' | 'dns-name' | 'dns-account' | 'reverse-dns' | 'proxied'>>,
): Promise<Record<string, unknown> | undefined> {
  const { dns, 'dns-zone': zone, 'dns-name': name, 'dns-account': account, 'reverse-dns': reverse, proxied } = options;
  if ([dns, zone, name, account, reverse, proxied].every((each) => each === undefined)) return undefined;
  if (dns === false) return { enabled: false };
  return {
    enabled: true,
    ...given('zone', zone),
    ...given('name', name),
    ...given('provider_id', account === undefined ? undefined : await accountId(api, account)),
    ...given('reverse', reverse),
    ...given('proxied', proxied),
  };
}

/** `tcp:22:203.0.113.0/24`; the source may hold colons itself, the ports may be left out. */
export function firewallRule(text: string): { protocol: string; ports: string | null; sources: string[] } {
  const match = /^(tcp|udp|icmp):(\d{1,5}(?:-\d{1,5})?)?:(.+)$/.exec(text);
  if (!match)
    throw usage(
      `--firewall ${text}: a rule has the form protocol:ports:source. Type for example tcp:22:203.0.113.0/24, or icmp::0.0.0.0/0.`,
    );
  const sources = match[3]!.split(',').map((source) => (source.includes('/') ? source : `${source}/${source.includes(':') ? 128 : 32}`));
  return { protocol: match[1]!, ports: match[2] ?? null, sources };
}

/** A public key from a file, or the word itself when it is one. */
export async function sshKey(cwd: string, word: string): Promise<string> {
  if (/^(ssh|ecdsa|sk)-\S+ \S/.test(word)) return word;
  const text = await readFile(resolve(cwd, word), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usage(`--ssh-key ${word}: cannot be read (${error.code}). Name a public key file such as ~/.ssh/id_ed25519.pub.`);
  });
  if (text.includes('PRIVATE KEY'))
    throw usage(`--ssh-key ${word}: this is a private key and stays with you. Name the file that ends in .pub.`);
  return text.trim();
}

async function readDocument(path: string, option: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usage(`${option} ${path}: cannot be read (${error.code}). Name a file that exists.`);
  });
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw usage(`${option} ${path}: is neither YAML nor JSON (${(error as Error).message.split('\n')[0]}).`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw usage(`${option} ${path}: must hold fields, as in "plan: …".`);
  return value as Record<string, unknown>;
}
