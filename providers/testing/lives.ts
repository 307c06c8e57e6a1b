/** What every cloud's servers live through: what shows late, what is lost, what others did. Each was a difference between clouds once. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { identityTag } from '../identity.ts';
import type { AccountConnection, ComputeClient, Provider } from '../provider.ts';
import { propertyAt, withProperty } from '../property-path.ts';
import type { Properties, ResourceContext } from '../resource.ts';
import { disguise, type Disguise } from './disguise.ts';
import { sampleInstance, type Sample } from './sample-resource.ts';

/** How long something that must not happen is waited for. */
const NEVER_MS = 3_000;
/** Shorter than every cloud's consistency window at the simulator. */
const MOMENT_MS = 600;

export interface Bench {
  readonly provider: Provider;
  readonly simulator: () => Simulator;
  readonly connect: () => AccountConnection;
  readonly contextOf: (connection: AccountConnection, label: string, signal?: AbortSignal) => ResourceContext;
}

interface Life extends Sample {
  readonly ctx: ResourceContext;
  readonly compute: ComputeClient;
  readonly cover: Disguise;
  readonly count: () => number;
  /** What this cloud has begun to do, ever. */
  readonly jobs: () => number;
  readonly within: (ms: number) => ResourceContext;
}

const isTime = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);

/** What is recorded of a server by a cloud whose clock is off. */
function toldBy(offMs: number, outputs: Properties): Properties {
  const off = (value: string): string => new Date(Date.parse(value) + offMs).toISOString();
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, isTime(value) ? off(value) : value]));
}

export function describeHardLives({ provider, simulator, connect, contextOf }: Bench): void {
  const { id } = provider.descriptor;
  let cover: Disguise | undefined;
  let made = 0;
  afterEach(() => {
    cover?.stop();
    simulator().world.faults.clear(id);
  });

  async function begin(): Promise<Life> {
    const connection = connect();
    const label = `hardlife${id.slice(0, 4)}${++made}`;
    const compute = provider.compute!(connection);
    const sample = await sampleInstance(provider, compute, label, identityTag(label, 1));
    cover = disguise(id, simulator());
    const world = simulator().world.worlds.get(id)!;
    return {
      ...sample,
      compute,
      cover,
      ctx: contextOf(connection, label),
      count: () => world.simulation.instances!(world).length,
      jobs: () => world.collection('jobs').all().length,
      within: (ms) => contextOf(connection, label, AbortSignal.timeout(ms)),
    };
  }
  const labelOf = (): string => provider.recordedAs!.instance!.label;
  const relabelled = (inputs: Properties, behind: string): Properties =>
    withProperty(inputs, labelOf(), String(propertyAt(inputs, labelOf())) + behind);

  describe('hard lives', () => {
    it('keeps the older of two servers that were bought under one mark', async () => {
      const { definition, inputs, ctx, cover, count } = await begin();
      const before = count();
      const older = await definition.create(ctx, inputs);
      // A former run bought it just now, and nothing shows it yet. Clouds tell times in whole seconds.
      await delay(1_100);
      cover.hide(older.id, 'everywhere');
      cover.onPost(() => {
        if (count() === before + 2) cover.show();
      });
      const again = await definition.create(ctx, relabelled(inputs, 'b'));
      expect(again.id).toBe(older.id);
      expect(count()).toBe(before + 1);
      await definition.delete(ctx, again.id, again.outputs);
    }, 90_000);

    it('is not gone while a list shows it', async () => {
      const { definition, inputs, ctx, cover, count, within } = await begin();
      const before = count();
      const { id: own, outputs } = await definition.create(ctx, inputs);
      cover.hide(own, 'item');
      await expect(definition.read(ctx, own, { inputs, outputs })).rejects.toThrow(`[${id}/`);
      simulator().world.faults.add({ provider: id, kind: 'status', status: 404, method: 'DELETE', times: null });
      await expect(definition.delete(within(NEVER_MS), own, outputs)).rejects.toThrow();
      cover.show();
      simulator().world.faults.clear(id);
      await definition.delete(ctx, own, outputs);
      expect(count()).toBe(before);
    }, 90_000);

    // Less than what a signed call may be late.
    it.each([0, -240_000])(
      'is not gone because it shows late, with the cloud’s clock %i ms off ours',
      async (offMs) => {
        const { definition, inputs, ctx, cover } = await begin();
        const { id: own, outputs } = await definition.create(ctx, inputs);
        cover.shiftClock(offMs);
        cover.hide(own, 'everywhere');
        setTimeout(() => cover.show(), MOMENT_MS);
        expect((await definition.read(ctx, own, { inputs, outputs: toldBy(offMs, outputs) }))?.id).toBe(own);
        await definition.delete(ctx, own, outputs);
      },
      90_000,
    );

    it('is deleted although it shows only when its window is almost over', async () => {
      const { definition, inputs, ctx, cover, count } = await begin();
      const before = count();
      const { id: own, outputs } = await definition.create(ctx, inputs);
      const { consistencyMs } = ctx.client as { consistencyMs: number };
      const born = Math.min(
        ...Object.values(outputs)
          .filter(isTime)
          .map((value) => Date.parse(value)),
        Date.now(),
      );
      cover.hide(own, 'everywhere');
      setTimeout(() => cover.show(), Math.max(0, born + consistencyMs - Date.now()) * 0.75);
      await definition.delete(ctx, own, outputs);
      expect(count()).toBe(before);
    }, 90_000);

    it('gives an order again that never arrived, although one like it has just been carried out', async () => {
      const { definition, inputs, ctx, compute, jobs } = await begin();
      const { id: own, outputs } = await definition.create(ctx, inputs);
      const reboot = async (): Promise<number> => {
        const before = jobs();
        await compute.power(own, 'reboot');
        return jobs() - before;
      };
      const carriedOut = await reboot();
      simulator().world.faults.add({ provider: id, kind: 'cut', method: 'POST', path: own, times: 1 });
      expect(await reboot()).toBe(carriedOut);
      await definition.delete(ctx, own, outputs);
    }, 90_000);

    it('knows that a change whose answer tells nothing may have been made', async () => {
      const { definition, inputs, ctx, compute, cover, count } = await begin();
      const before = count();
      const { id: own, outputs } = await definition.create(ctx, inputs);
      const { rename, rebuild } = provider.descriptor.capabilities;
      if (rename.can) {
        const renamed: Properties = relabelled(inputs, 'c');
        const change = { oldInputs: inputs, oldOutputs: outputs, inputs: renamed };
        await endsWell(() => definition.update!(ctx, own, change), cover);
        expect((await compute.getInstance(own))?.label).toBe(propertyAt(renamed, labelOf()));
      } else {
        await endsWell(() => compute.power(own, 'off'), cover);
        expect((await compute.getInstance(own))?.status).toBe('stopped');
      }
      if (rebuild.can) {
        const image = (await compute.getInstance(own))!.image!;
        await endsWell(() => compute.rebuild(own, { image, userData: '#cloud-config\n', password: 'Long-enough-9-Password' }), cover);
      }
      expect(count()).toBe(before + 1);
      await definition.delete(ctx, own, outputs);
    }, 120_000);
  });

  /** At once, or after a failure that says that nobody knows. */
  async function endsWell(work: () => Promise<unknown>, cover: Disguise): Promise<void> {
    const answers = cover.emptyNextAnswer();
    try {
      await work();
    } catch (error) {
      expect(String(error)).toContain(`[${id}/unknown_outcome]`);
      await work();
    }
    expect(answers.emptied).toBe(1);
  }
}
