/** A server whose disk begins with a kept snapshot, wherever `serverFromSnapshot` says that one can be made. */
import { expect, it } from 'vitest';
import { identityTag } from '../identity.ts';
import type { Created } from '../resource.ts';
import type { Bench } from './lives.ts';
import { sampleInstance } from './sample-resource.ts';

export function describeFromSnapshot({ provider, simulator, connect, contextOf }: Bench): void {
  const { id, capabilities } = provider.descriptor;
  it.skipIf(!capabilities.serverFromSnapshot.can)(
    'makes a server of a snapshot, with what is on it, and of none that the account does not have',
    async () => {
      const connection = connect();
      const compute = provider.compute!(connection);
      const make = async (label: string, snapshotId?: string, at = connection): Promise<Created> => {
        const given = snapshotId === undefined ? {} : { snapshotId };
        const { definition, inputs } = await sampleInstance(provider, compute, label, identityTag(label, 1), given);
        return definition.create(contextOf(at, label), inputs);
      };
      const source = await make(`source${id.slice(0, 4)}`);
      const name = `plinth-vps-source${id.slice(0, 4)}-copied`;
      const snapshot = await compute.snapshots!.create(source.id, name);
      const copy = `copy${id.slice(0, 4)}`;
      const { id: own, outputs } = await make(copy, snapshot.id);
      expect(own).not.toBe(source.id);
      const world = simulator().world.worlds.get(id)!;
      const onDisk = world.simulation.instances!(world).find((each) => each.id === own)?.copyOf;
      expect(onDisk?.startsWith(name), onDisk).toBe(true);
      expect((await compute.getInstance(own))?.tags).toContain(identityTag(copy, 1));

      await expect(make(`stranger${id.slice(0, 4)}`, snapshot.id, connect())).rejects.toThrow(`[${id}/`);
      const { definition, inputs } = await sampleInstance(provider, compute, copy, identityTag(copy, 1), { snapshotId: snapshot.id });
      const before = await definition.read(contextOf(connection, copy), own, { inputs, outputs });
      await compute.snapshots!.delete(snapshot.id);
      // What it was made of is nothing that the server depends on, or that another look calls a change.
      expect((await definition.read(contextOf(connection, copy), own, { inputs, outputs }))?.inputs).toEqual(before?.inputs);
      await expect(make(`late${id.slice(0, 4)}`, snapshot.id)).rejects.toThrow(`[${id}/`);
    },
    90_000,
  );
}
