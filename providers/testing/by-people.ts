/** What a provider must keep whose servers people provide: no cloud can be asked, so an answered task is all that is known. */
import { describe, expect, it } from 'vitest';
import { identityTag } from '../identity.ts';
import type { PersonAnswers, PersonTaskField } from '../manners.ts';
import type { AccountConnection, Provider } from '../provider.ts';
import type { ResourceContext } from '../resource.ts';
import { sampleInstance, type Sample } from './sample-resource.ts';

interface Cloudless {
  readonly provider: Provider;
  connect(): AccountConnection;
  contextOf(connection: AccountConnection, label: string): ResourceContext;
}

/** One that the rules of its type take. */
const ANSWERS: Record<PersonTaskField['type'], string> = {
  text: 'root',
  'long-text': 'In the second rack.',
  secret: 'Long-enough-9-Password',
  ipv4: '192.0.2.9',
  ipv6: '2001:db8::9',
  integer: '2222',
  date: '2026-12-01',
  choice: '',
};

export function describeProvided({ provider, connect, contextOf }: Cloudless): void {
  const { id } = provider.descriptor;
  const provision = (label: string) => {
    const machine = { region: 'here', plan: 'small', image: 'linux', instanceId: null, ipv4: null };
    return provider.tasks!.provision!({ vpsId: label, label, hostname: `${label}.example.test`, ...machine }, {});
  };
  const answered = (label: string): PersonAnswers =>
    Object.fromEntries(provision(label).form.map(({ name, type, choices }) => [name, choices?.[0]?.value ?? ANSWERS[type]]));
  const setUp = async (label: string, answers?: PersonAnswers): Promise<Sample & { ctx: ResourceContext }> => {
    const connection = connect();
    const sample = await sampleInstance(provider, provider.compute!(connection), label, identityTag(label, 1), { answers });
    return { ...sample, ctx: contextOf(connection, label) };
  };

  describe('by people', () => {
    it('waits for a person before there is a server, and says so', async () => {
      const { definition, inputs, ctx } = await setUp('contractwait');
      await expect(definition.create(ctx, inputs)).rejects.toThrow(`[${id}/needs_person`);
      await expect(definition.read(ctx, 'unknown')).rejects.toThrow(`[${id}/needs_person`);
    });

    it('records the answers once, however often it is asked, and takes silence for no absence', async () => {
      const answers = answered('contractsaid');
      const { definition, inputs, ctx } = await setUp('contractsaid', answers);
      const first = await definition.create(ctx, inputs);
      expect((await definition.create(ctx, inputs)).id).toBe(first.id);
      const other = await setUp('contractother', answers);
      expect((await definition.create(other.ctx, other.inputs)).id).not.toBe(first.id);
      expect(Object.values(first.outputs)).toEqual(expect.arrayContaining([answers['ipv4'], answers['ipv6']]));
      const read = await definition.read(ctx, first.id, { inputs, outputs: first.outputs });
      expect(read).toMatchObject({ id: first.id, outputs: first.outputs });
      await definition.delete(ctx, first.id, first.outputs);
      await definition.delete(ctx, first.id, first.outputs);
    });

    it('asks for every secret as a secret, of its form and of its resource', async () => {
      const { definition, inputs } = await setUp('contractseal', answered('contractseal'));
      const secrets = provision('contractseal').form.filter(({ type }) => type === 'secret');
      expect(secrets.length).toBeGreaterThan(0);
      const holding = Object.keys(inputs).filter((name) => inputs[name] === ANSWERS.secret);
      expect(holding).toHaveLength(secrets.length);
      for (const name of holding) expect([name, definition.inputs[name]?.secret]).toEqual([name, true]);
    });

    it('knows the servers of our rows and tells what a person did to them', async () => {
      const row = { id: 'manual-known-1', status: 'running' };
      const compute = provider.compute!({ ...connect(), known: () => Promise.resolve([row as never]) });
      expect((await compute.listInstances(null)).items).toEqual([row]);
      await compute.power(row.id, 'off');
      expect((await compute.getInstance(row.id))?.status).toBe('stopped');
      await compute.power(row.id, 'on');
      expect((await compute.getInstance(row.id))?.status).toBe('running');
      expect(await compute.getInstance('manual-unknown-1')).toBeNull();
    });
  });
}
