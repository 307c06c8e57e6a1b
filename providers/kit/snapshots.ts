/** Snapshots by order, the schedule's backups, and going back to either: the same care everywhere. */
import type { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { Snapshot, SnapshotClient } from '../instance-extras.ts';
import { signalOf, waitFor } from '../wait.ts';
import { part, type Ask, type Rest } from './rest.ts';
import type { Servers } from './server.ts';
import type { Call, Deed } from './server-sheet.ts';

const MAKE_MS = 2 * 60 * 60_000;
const DELETE_MS = 5 * 60_000;
const ROUNDS = 5;

export interface SnapshotSheet<S, I> {
  readonly servers: Servers<S>;
  readonly path: string;
  /** Envelope keys: of one, of many; empty where the answer is the thing itself. */
  readonly keys: { readonly one: string; readonly many: string };
  readonly shape: z.ZodType<I>;
  /** How the account's snapshots are asked for. */
  readonly listing: Pick<Ask, 'query' | 'headers'>;
  /** null for what is no snapshot of anybody's, or one no more. */
  readonly present: (image: I) => Snapshot | null;
  /** Those of one server; none when it is gone. */
  readonly backups: (call: Call, instanceId: string) => Promise<readonly Snapshot[]>;
  readonly order: (name: string, instanceId: string, call: Call) => Deed<S> | Promise<Deed<S>>;
  /** What brings an image to a server, in order; its password is then `password` where the vendor sets one. */
  readonly restore: (snapshot: Snapshot, args: { password?: string }, instanceId: string) => readonly Deed<S>[];
  readonly diskGb: (server: S) => number;
}

export function snapshotsOf<S, I>(client: Rest, sheet: SnapshotSheet<S, I>): SnapshotClient {
  const { servers, keys, shape, path } = sheet;
  const all = async (signal: AbortSignal): Promise<Snapshot[]> =>
    (await client.all({ ...sheet.listing, path, signal }, keys.many, shape)).flatMap((image) => sheet.present(image) ?? []);
  const find = async (id: string, signal: AbortSignal): Promise<Snapshot | null> => {
    const image = await client.find(`${path}/${part(id)}`, keys.one, shape, signal);
    return image && sheet.present(image);
  };
  const until = <T>(what: string, key: string, deadlineMs: number, signal: AbortSignal, probe: () => Promise<T | undefined>): Promise<T> =>
    waitFor({ provider: client.dialect.provider, what, key: `${client.dialect.provider}/${key}`, signal, deadlineMs, probe });

  /** Names need not be unique: the oldest of ours. */
  const named = async (name: string, signal: AbortSignal): Promise<Snapshot | undefined> =>
    (await all(signal))
      .filter((snapshot) => snapshot.name === name && snapshot.status !== 'failed')
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id, 'en', { numeric: true }))[0];

  const finished = ({ id, name }: Snapshot, signal: AbortSignal): Promise<Snapshot> => {
    const started = performance.now();
    return until(`snapshot "${name}" to be made`, 'snapshot', MAKE_MS, signal, async () => {
      const now = await find(id, signal);
      if (!now && performance.now() - started < client.consistencyMs) return undefined;
      if (now && now.status !== 'failed') return now.status === 'available' ? now : undefined;
      throw client.error('unexpected', `${client.dialect.name} could not make the snapshot "${name}". Try again.`);
    });
  };

  const remove = (id: string, signal: AbortSignal): Promise<true> =>
    until(`snapshot ${id} to be deleted`, 'snapshot-delete', DELETE_MS, signal, async () => {
      if ((await find(id, signal)) === null) return true;
      await client.send({ method: 'DELETE', path: `${path}/${part(id)}`, repeatable: true, signal }).catch((error: unknown) => {
        if (!isProviderError(error, 'not_found', 'conflict')) throw error;
      });
      return undefined;
    });

  return {
    async list(instanceId, namePrefix, o) {
      const call: Call = { client, signal: signalOf(o) };
      const [kept, scheduled] = await Promise.all([all(call.signal), instanceId === null ? [] : sheet.backups(call, instanceId)]);
      return [...kept.filter(({ name }) => name.startsWith(namePrefix)), ...scheduled];
    },
    /** Looks before it orders, and again after an answer that was lost: a name is made once. */
    async create(instanceId, name, o) {
      const call: Call = { client, signal: signalOf(o) };
      const existing = await named(name, call.signal);
      if (existing) return finished(existing, call.signal);
      for (let round = 1; ; round++) {
        await servers.ready(call, instanceId);
        let failure: unknown;
        try {
          await servers.order(call, instanceId, await sheet.order(name, instanceId, call));
        } catch (error) {
          // Lost answer, or somebody's order came first: a look tells what became of it.
          if (round >= ROUNDS || !isProviderError(error, 'unknown_outcome', 'conflict')) throw error;
          failure = error;
        }
        const made = await servers.window(call, () => named(name, call.signal));
        if (made) return finished(made, call.signal);
        if (failure === undefined)
          throw client.error('malformed', `${client.dialect.name} says that the snapshot "${name}" is made, but does not list it.`);
      }
    },
    async restore(instanceId, { id, kind }, args, o) {
      const call: Call = { client, signal: signalOf(o) };
      const server = await servers.must(call, instanceId);
      const isOn = servers.sheet.power.isOn(server);
      const backups = kind === 'backup' ? await sheet.backups(call, instanceId) : [];
      const image = kind === 'backup' ? backups.find((each) => each.id === id) : await find(id, call.signal);
      if (!image) throw client.error('not_found', `The ${kind} ${id} no longer exists at ${client.dialect.name}; choose another.`);
      const { name, minDiskGb } = image;
      if (minDiskGb !== null && minDiskGb > sheet.diskGb(server))
        throw client.error(
          'invalid',
          `"${name}" needs a disk of ${minDiskGb} GB; ${servers.name(instanceId)} has ${sheet.diskGb(server)} GB. Choose a larger plan first.`,
        );
      try {
        for (const deed of sheet.restore(image, args, instanceId)) await servers.perform(call, instanceId, deed);
      } catch (error) {
        // What was refused has changed nothing, so the server goes on as it was.
        if (isOn && !call.signal.aborted) await servers.perform(call, instanceId, servers.sheet.power.on);
        throw error;
      }
      await servers.perform(call, instanceId, servers.sheet.power.on);
    },
    delete: (id, o) => remove(id, signalOf(o)).then(() => undefined),
  };
}
