/** `plinth inventory import`: a server that is there already becomes a VPS. */
import type { InventoryImportPreview } from '../../contract/import.ts';
import type { Api } from '../api.ts';
import { type Context, command, MUTATION_OPTIONS, type OptionSpecs, type Values, WAIT_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { organizationId } from '../find.ts';
import { plain, show } from '../output.ts';
import { type Accepted, accepted } from './accepted.ts';
import { administratorPassword, DNS_NAME_OPTIONS, dnsOf } from './vps-create.ts';

const OPTIONS = {
  label: { type: 'string', value: 'LABEL', help: 'lower-case letters, digits and hyphens; its name here from now on' },
  hostname: { type: 'string', value: 'NAME', help: 'default: the label, or its DNS name' },
  dns: { type: 'boolean', help: 'make a DNS name <label>.<zone>; default: none' },
  ...DNS_NAME_OPTIONS,
  'root-password-stdin': { type: 'boolean', help: 'read the password that the server has from standard input; it is kept, not changed' },
  organization: { type: 'string', value: 'ORGANIZATION', help: 'for whom, by id or name; default: the default organization' },
  preview: { type: 'boolean', help: 'only show what would be recorded and changed' },
  ...WAIT_OPTION,
  ...MUTATION_OPTIONS,
} as const satisfies OptionSpecs;

export const inventoryImport = command({
  path: ['inventory', 'import'],
  summary: 'Take an existing server into a stack, as a VPS',
  details:
    'For what the inventory calls unmanaged, and for orphans whose VPS is unknown. The server gets one tag and is not changed otherwise. An import that fails is undone, and terminating a VPS whose import has not succeeded leaves the server alone.',
  positionals: [{ name: 'item', help: 'its id in the inventory' }],
  options: OPTIONS,
  examples: [
    'inventory import 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11 --label shop-1 --preview',
    'inventory import 6f1c0a52-7f0e-4f0e-9d57-0b8a4c9f0f11 --label shop-1 --dns-zone example.com --wait',
  ],
  run: async (context, [id = ''], options) => {
    if (options.label === undefined) throw usage('plinth inventory import: --label is missing. Say what the VPS shall be called.');
    const api = await context.api();
    const body = await bodyOf(context, options, api);
    const path = `/api/admin/inventory/${encodeURIComponent(id)}/import`;
    const idempotencyKey = options['idempotency-key'];
    if (!options.preview)
      return await accepted(context, api, await api.change<Accepted>('POST', path, { body, idempotencyKey }), options.wait);
    const answer = await api.change<InventoryImportPreview>('POST', `${path}/preview`, { body, idempotencyKey });
    show(context, answer, () => shownPreview(answer));
    return EXIT.ok;
  },
});

async function bodyOf(context: Context, options: Values<typeof OPTIONS>, api: Api): Promise<Record<string, unknown>> {
  const { enabled, ...dns } = (await dnsOf(api, options)) ?? {};
  const password = options['root-password-stdin'] ? await administratorPassword(context) : undefined;
  return withoutAbsent({
    label: options.label,
    hostname: options.hostname,
    organization_id: options.organization && (await organizationId(api, options.organization)),
    dns: enabled === true ? dns : undefined,
    root_pass: password,
  });
}

function withoutAbsent(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function shownPreview({ object_id: object, record, changes, not_taken_over: unknown }: InventoryImportPreview): string {
  const addresses = [record.ipv4, record.ipv6].filter((address) => address !== null).join(', ');
  const facts = [
    ['server', object],
    ['label', record.label],
    ['hostname', record.hostname],
    ['region', record.region],
    ['plan', record.plan],
    ['image', record.image ?? 'not told'],
    ['addresses', addresses || 'none'],
    ['backups', record.backups ? 'on' : 'off'],
    ['tags', record.tags.join(', ') || 'none'],
    ['DNS name', record.dns_name ?? 'none'],
  ] as const;
  const list = (title: string, lines: readonly string[]): string =>
    `${title}\n${(lines.length === 0 ? ['nothing'] : lines).map((line) => `  ${plain(line)}\n`).join('')}`;
  return [
    'What is recorded\n',
    ...facts.map(([name, value]) => `  ${name.padEnd(10)} ${plain(value)}\n`),
    list('What changes', changes),
    list('What stays unknown', unknown),
  ].join('');
}
