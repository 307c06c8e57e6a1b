/** `plinth vps …` for a VPS that exists: power, changes, suspension, protection, and the way back from a termination. */
import type { OperationKind } from '../../contract/operation.ts';
import { KINDS } from '../../contract/operations/list.ts';
import type { Vps } from '../../contract/vps.ts';
import { type Command, command, MUTATION_OPTIONS, VPS, WAIT_OPTION, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { confirm, findVps } from '../find.ts';
import { plain, show } from '../output.ts';
import { change, request, PREVIEW_OPTIONS } from './change-request.ts';
import { PICK_OPTIONS, pickedKeys } from './picked-keys.ts';
import { SETUP_OPTIONS, setupOf } from './setup-options.ts';
import { sshKey } from './vps-create.ts';

/** An action that takes nothing but the VPS. */
function simple(action: OperationKind): Command {
  return command({
    path: ['vps', action],
    summary: KINDS.find(({ kind }) => kind === action)!.words.does,
    positionals: [VPS],
    options: { ...WAIT_OPTION, ...MUTATION_OPTIONS },
    examples: [`vps ${action} web-1`, `vps ${action} web-1 --wait`],
    run: async (context, [word = ''], options) => {
      const api = await context.api();
      return await request(context, api, (await findVps(api, word)).id, { action }, options);
    },
  });
}

const resize = command({
  path: ['vps', 'resize'],
  summary: 'Give a VPS another plan',
  details: 'The server is off meanwhile at most providers. The VPS keeps its plan until the new one is there.',
  positionals: [VPS, { name: 'plan', help: 'plan id, as plinth plans lists them' }],
  options: { ...PREVIEW_OPTIONS, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['vps resize web-1 s-2vcpu-2gb --preview', 'vps resize web-1 s-2vcpu-2gb --wait'],
  run: async (context, [word = '', plan = ''], options) => {
    const api = await context.api();
    return await change(context, api, (await findVps(api, word)).id, { action: 'resize', plan }, options);
  },
});

const rename = command({
  path: ['vps', 'rename'],
  summary: 'Change label, hostname and DNS name together',
  positionals: [VPS, { name: 'label', help: 'the new label' }],
  options: {
    hostname: { type: 'string', value: 'NAME', help: 'a host name of its own; default follows the label' },
    ...PREVIEW_OPTIONS,
    ...WAIT_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: ['vps rename web-1 shop-1 --wait', 'vps rename web-1 shop-1 --hostname shop.example.com'],
  run: async (context, [word = '', label = ''], options) => {
    const api = await context.api();
    return await change(
      context,
      api,
      (await findVps(api, word)).id,
      { action: 'rename', label, ...(options.hostname === undefined ? {} : { hostname: options.hostname }) },
      options,
    );
  },
});

const reinstall = command({
  path: ['vps', 'reinstall'],
  summary: 'Reinstall a VPS, with a new password; everything on it is lost',
  details: 'In place where the provider can; elsewhere a new server takes its place, with a new address. --preview tells which.',
  positionals: [VPS],
  options: {
    image: { type: 'string', value: 'IMAGE', help: 'another image; default the present one' },
    'ssh-key': { type: 'string', value: 'FILE', multiple: true, help: 'public key file (or the key itself); default the present keys' },
    ...PICK_OPTIONS,
    ...SETUP_OPTIONS,
    'without-setup': { type: 'boolean', help: 'take its set-up profile away; default: what it has' },
    ...YES_OPTION,
    ...PREVIEW_OPTIONS,
    ...WAIT_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: [
    'vps reinstall web-1 --preview',
    'vps reinstall web-1 --ssh-key-id laptop --yes --wait',
    'vps reinstall web-1 --setup my-app@3 --setup-value DOMAIN=example.com --yes',
  ],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    if (options['without-setup'] && (options.setup !== undefined || options['setup-value'].length > 0))
      throw usage('plinth vps reinstall: --without-setup excludes --setup and --setup-value.');
    const vps = await findVps(api, word);
    const pasted = await Promise.all(options['ssh-key'].map((key) => sshKey(context.io.cwd, key)));
    const body = {
      action: 'reinstall',
      ...(options.image === undefined ? {} : { image: options.image }),
      ...(pasted.length === 0 ? {} : { ssh_keys: pasted }),
      ...(await pickedKeys(api, { organization_id: vps.organization_id }, options)),
      ...(options['without-setup'] ? { setup: null } : setupOf('vps reinstall', options)),
    };
    if (!options.preview)
      await confirm(context, options.yes, vps.label, `everything on ${vps.label} (${vps.id}, ${vps.ipv4 ?? 'no address'}) will be lost`);
    return await change(context, api, vps.id, body, options);
  },
});

const suspend = command({
  path: ['vps', 'suspend'],
  summary: 'Power a VPS off and block its customer',
  positionals: [VPS],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; the customer reads it' }, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['vps suspend web-1 --reason "invoice 4711 is unpaid"'],
  run: async (context, [word = ''], options) => {
    if (options.reason === undefined) throw usage('plinth vps suspend: --reason is missing. Say why; the customer reads it.');
    const api = await context.api();
    return await request(context, api, (await findVps(api, word)).id, { action: 'suspend', reason: options.reason }, options);
  },
});

const backups = command({
  path: ['vps', 'backups'],
  summary: 'Switch the provider’s scheduled backups of a VPS on or off',
  details:
    'Most providers take a share of the server’s price for them; --preview shows what changes. plinth snapshot list shows the backups.',
  positionals: [VPS, { name: 'switch', help: 'on or off' }],
  options: { ...PREVIEW_OPTIONS, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['vps backups web-1 on --wait', 'vps backups web-1 off'],
  run: async (context, [word = '', wanted = ''], options) => {
    if (wanted !== 'on' && wanted !== 'off') throw usage(`plinth vps backups: "${wanted}" is neither on nor off.`);
    const api = await context.api();
    return await change(context, api, (await findVps(api, word)).id, { action: 'configure', backups: wanted === 'on' }, options);
  },
});

const reverseDns = command({
  path: ['vps', 'reverse-dns'],
  summary: 'Let a VPS’s addresses lead back to its DNS name, or with --off no longer',
  details: 'The name follows every later rename. plinth vps show says where a provider cannot.',
  positionals: [VPS],
  options: {
    off: { type: 'boolean', help: 'take the reverse names away' },
    ...PREVIEW_OPTIONS,
    ...WAIT_OPTION,
    ...MUTATION_OPTIONS,
  },
  examples: ['vps reverse-dns mail-1 --wait', 'vps reverse-dns mail-1 --off'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    return await change(context, api, (await findVps(api, word)).id, { action: 'configure', reverse_dns: options.off !== true }, options);
  },
});

const undo = command({
  path: ['vps', 'undo'],
  summary: 'Undo a termination whose grace still runs, or an end that has not come',
  positionals: [VPS],
  options: MUTATION_OPTIONS,
  examples: ['vps undo web-1'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findVps(api, word);
    const answer = await api.change<{ instance: Vps; operation?: { id: string } | null }>('POST', `/api/vps/${id}/undo`, {
      idempotencyKey: options['idempotency-key'],
    });
    const { label, status } = answer.instance;
    const begun = answer.operation ? `The end of ${plain(label)} is being taken back by operation ${answer.operation.id}.` : null;
    show(context, answer, () => `${begun ?? `${plain(label)} is ${status} again.`}\n`);
    return EXIT.ok;
  },
});

export const lifecycleCommands: readonly Command[] = [
  simple('start'),
  simple('stop'),
  simple('reboot'),
  simple('power-cycle'),
  resize,
  rename,
  reinstall,
  backups,
  simple('rescue'),
  simple('unrescue'),
  simple('reset-password'),
  suspend,
  simple('unsuspend'),
  reverseDns,
  undo,
];
