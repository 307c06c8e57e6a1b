/** `plinth snapshot …` */
import type { SnapshotPage } from '../../contract/recorded-snapshot.ts';
import { SNAPSHOT_KINDS, type Snapshot, type SnapshotList, type SnapshotTotal } from '../../contract/snapshot.ts';
import type { Vps } from '../../contract/vps.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, type Positional, VPS, WAIT_OPTION, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm, findVps } from '../find.ts';
import { ago, plain, remark, remarkMore, show, status, table } from '../output.ts';
import { change, request, PREVIEW_OPTIONS } from './change-request.ts';

const SNAPSHOT: Positional = { name: 'snapshot', help: 'id or name, as plinth snapshot list shows it' };

const list = command({
  path: ['snapshot', 'list'],
  summary: 'List the snapshots and backups of a VPS, or the recorded snapshots of all',
  details: 'Of one VPS they are read at its provider. Without a VPS only what was ordered here is listed, also of terminated VPSes.',
  positionals: [{ ...VPS, optional: true }],
  options: {
    final: { type: 'boolean', help: 'of all VPSes: only those made before a termination' },
    kept: { type: 'boolean', help: 'only what is kept of terminated VPSes' },
    limit: { type: 'string', value: 'N', help: 'of all VPSes: at most so many, 1 to 200; default 50' },
    cursor: { type: 'string', value: 'CURSOR', help: 'of all VPSes: the page after; `next` of the one before' },
  },
  examples: ['snapshot list web-1', 'snapshot list --kept', 'snapshot list --final', 'snapshot list --json'],
  run: async (context, [word = ''], { final, kept, limit, cursor }) => {
    const api = await context.api();
    if (word !== '') {
      const answer = await readOf(api, (await findVps(api, word)).id);
      show(context, answer, (colour) => (answer.snapshots.length === 0 ? 'No snapshots.\n' : snapshotTable(answer.snapshots, colour)));
      if (!answer.live && !context.json) remark(context, `As recorded; the provider could not be asked: ${plain(answer.reason ?? '')}`);
      return EXIT.ok;
    }
    const query = { limit, cursor, ...(final ? { final: true } : {}), ...(kept ? { vps_terminated: true } : {}) };
    const page = await api.get<SnapshotPage>('/api/snapshots', query);
    show(context, page, (colour) =>
      page.snapshots.length === 0 ? 'No snapshots.\n' : `${recordedTable(page.snapshots, colour)}${totalSentence(page.total)}\n`,
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function readOf(api: Api, vpsId: string): Promise<SnapshotList> {
  return api.get<SnapshotList>(`/api/vps/${vpsId}/snapshots`);
}

function snapshotTable(snapshots: readonly Snapshot[], colour: boolean): string {
  const rows = snapshots.map((one) => [
    one.id,
    one.vps_id,
    one.kind,
    one.name || '-',
    status(one.status),
    one.size_gb === null ? '-' : `${one.size_gb} GB`,
    one.monthly_cost === null ? '-' : `${one.monthly_cost.amount} ${one.monthly_cost.currency}`,
    { text: ago(one.created_at), tone: 'dim' as const },
  ]);
  return table(['ID', 'VPS', 'KIND', 'NAME', 'STATUS', 'SIZE', 'A MONTH', 'MADE'], rows, colour);
}

function recordedTable(snapshots: SnapshotPage['snapshots'], colour: boolean): string {
  const rows = snapshots.map((one) => [
    one.id,
    one.vps_label,
    one.vps_id,
    status(one.vps_status),
    one.kind,
    one.name || '-',
    status(one.status),
    one.monthly_cost === null ? '-' : `${one.monthly_cost.amount} ${one.monthly_cost.currency}`,
    { text: ago(one.created_at), tone: 'dim' as const },
  ]);
  return table(['ID', 'OF', 'VPS', 'VPS STATUS', 'KIND', 'NAME', 'STATUS', 'A MONTH', 'MADE'], rows, colour);
}

/** `2 kept at the providers: 0.56 USD a month.` */
export function totalSentence({ count, monthly_costs: costs, cost_unknown: unknown }: SnapshotTotal): string {
  const parts = [
    ...(costs.length > 0 ? [`${costs.map(({ amount, currency }) => `${amount} ${currency}`).join(' and ')} a month`] : []),
    ...(unknown > 0 ? [`the price of ${unknown} is not known`] : []),
  ];
  return `${count} kept at the providers${parts.length > 0 ? `: ${parts.join('; ')}` : ''}.`;
}

/** By id, or by a name that only one has. */
async function findSnapshot(api: Api, vps: Vps, word: string): Promise<Snapshot> {
  const { snapshots } = await readOf(api, vps.id);
  const byId = snapshots.find(({ id }) => id === word);
  const named = byId ? [byId] : snapshots.filter(({ name }) => name === word);
  if (named.length === 1) return named[0]!;
  if (named.length > 1)
    throw usage(
      `${named.length} snapshots of ${vps.label} are called "${word}". Name one by its id: ${named.map(({ id }) => id).join(', ')}.`,
    );
  throw new CliError(EXIT.notFound, `${vps.label} has no snapshot "${word}". See: plinth snapshot list ${vps.label}`);
}

const create = command({
  path: ['snapshot', 'create'],
  summary: 'Make a snapshot of a VPS',
  details: 'Kept at the provider until it is deleted, or the VPS is destroyed. It costs money; plinth snapshot list says how much.',
  positionals: [VPS, { name: 'name', help: 'what to call it' }],
  options: { note: { type: 'string', value: 'TEXT', help: 'what it is for' }, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['snapshot create web-1 "before the upgrade" --wait', 'snapshot create web-1 nightly --note "ticket 4711"'],
  run: async (context, [word = '', name = ''], options) => {
    const api = await context.api();
    const body = { action: 'snapshot', name, ...(options.note === undefined ? {} : { note: options.note }) };
    return await request(context, api, (await findVps(api, word)).id, body, options);
  },
});

const restore = command({
  path: ['snapshot', 'restore'],
  summary: 'Bring a VPS back to a snapshot or backup; everything written since is lost',
  details: 'The address stays. --preview tells which password the server has afterwards.',
  positionals: [VPS, SNAPSHOT],
  options: { ...YES_OPTION, ...PREVIEW_OPTIONS, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['snapshot restore web-1 "before the upgrade" --preview', 'snapshot restore web-1 "before the upgrade" --yes --wait'],
  run: async (context, [word = '', wanted = ''], options) => {
    const api = await context.api();
    const vps = await findVps(api, word);
    const snapshot = await findSnapshot(api, vps, wanted);
    const body = { action: 'restore-snapshot', snapshot: snapshot.id };
    const what = `everything on ${vps.label} (${vps.id}, ${vps.ipv4 ?? 'no address'}) that is newer than ${snapshot.created_at} will be lost`;
    if (!options.preview) await confirm(context, options.yes, vps.label, what);
    return await change(context, api, vps.id, body, options);
  },
});

const remove = command({
  path: ['snapshot', 'delete'],
  summary: 'Delete a snapshot',
  details: `Also of a terminated VPS (by its id). Of the kinds ${SNAPSHOT_KINDS.join(', ')} only backups cannot be deleted: they are the provider's.`,
  positionals: [VPS, SNAPSHOT],
  options: { ...YES_OPTION, ...WAIT_OPTION, ...MUTATION_OPTIONS },
  examples: ['snapshot delete web-1 "before the upgrade"', 'snapshot delete web-1 "before the upgrade" --yes --wait'],
  run: async (context, [word = '', wanted = ''], options) => {
    const api = await context.api();
    const vps = await findVps(api, word);
    const snapshot = await findSnapshot(api, vps, wanted);
    const called = plain(snapshot.name) || snapshot.id;
    await confirm(context, options.yes, vps.label, `the ${snapshot.kind} "${called}" of ${vps.label} will be lost`);
    return await request(context, api, vps.id, { action: 'delete-snapshot', snapshot: snapshot.id }, options);
  },
});

export const snapshotCommands: readonly Command[] = [list, create, restore, remove];
