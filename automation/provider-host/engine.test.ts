/** The host under the real engine: what a person or a worker would see. */
import * as pulumi from '@pulumi/pulumi';
import type { EngineEvent } from '@pulumi/pulumi/automation/events.js';
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureToolchain } from '../toolchain.ts';
import { Box, type StateResource, ToyCloud, toyProvider, Workbench } from './engine.fixture.ts';
import { openProviderHost, type ProviderHost } from './host.ts';

const SECRET_SIGNATURE = '4dabf18193072939515e22adb298388d';
const cloud = new ToyCloud();
const progress: string[] = [];
let host: ProviderHost;
let bench: Workbench;

beforeAll(async () => {
  const { pulumi: binary } = await ensureToolchain({ need: 'engine', onProgress: () => undefined });
  bench = await Workbench.open(binary);
  host = await openProviderHost({
    provider: toyProvider(cloud),
    connection: null,
    log: () => undefined,
    onProgress: (urn, message) => progress.push(`${urn.split('::').at(-1)}: ${message}`),
  });
}, 300_000);

afterAll(async () => {
  await host?.close(5_000);
  await bench?.remove();
});

/** A stack of one box, whose arguments and options the test changes between updates. */
async function boxStack(
  name: string,
  first: pulumi.Inputs,
): Promise<{ stack: Stack; use(args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions): void }> {
  let current: { args: pulumi.Inputs; opts: pulumi.CustomResourceOptions } = { args: first, opts: {} };
  const stack = await bench.stack(name, host.port, async () => {
    const box = new Box('box', { label: name, ...current.args }, current.opts);
    return { id: box.id, address: box.address, token: box.token };
  });
  return { stack, use: (args, opts = {}) => (current = { args, opts }) };
}

async function boxInState(stack: Stack): Promise<StateResource | undefined> {
  return (await bench.stateOf(stack)).resources.find((resource) => resource.type.startsWith('toy:'));
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it succeeded',
    (error: Error) => error.message,
  );
}

describe.concurrent('under the engine', { timeout: 60_000 }, () => {
  it('creates, previews, finds nothing to do, sees drift, replaces and deletes', async ({ expect }) => {
    const { stack, use } = await boxStack('life', { tags: ['a', 'b'] });
    const events: EngineEvent[] = [];
    const preview = await stack.preview({ onEvent: (event) => events.push(event) });
    expect(preview.changeSummary).toMatchObject({ create: 2 });
    expect([...cloud.boxes.values()].some((box) => box['label'] === 'life')).toBe(false);

    const up = await stack.up({ onEvent: (event) => events.push(event) });
    const id = String(up.outputs['id']?.value);
    expect(up.outputs['address']).toEqual({ value: `address-of-${id}`, secret: false });
    expect(up.outputs['token']).toEqual({ value: `token-of-${id}`, secret: true });
    expect(progress).toContain('box: working on it');
    expect(events.some((event) => event.diagnosticEvent?.message.includes('working on it') === true)).toBe(true);

    use({ tags: ['b', 'a'] });
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2 });

    cloud.boxes.set(id, { ...cloud.boxes.get(id)!, size: 4 });
    expect((await stack.refresh()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect((await boxInState(stack))?.inputs['size']).toBe(4);
    expect((await stack.up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect(cloud.boxes.get(id)).toMatchObject({ size: 1 });

    use({ tags: ['b', 'a'], region: 'there' });
    expect((await stack.up()).summary.resourceChanges).toMatchObject({ replace: 1 });
    const own = cloud.log.filter((line) => line.endsWith(` ${id}`));
    expect(own.at(-1)).toBe(`delete ${id}`);
    const replacement = String((await boxInState(stack))?.id);
    expect(cloud.log.indexOf(`delete ${id}`)).toBeLessThan(cloud.log.indexOf(`create ${replacement}`));

    await stack.destroy();
    expect(cloud.boxes.has(replacement)).toBe(false);
  });

  it('keeps secrets as ciphertext and forgets only what is gone', async ({ expect }) => {
    const { stack } = await boxStack('secrets', { password: pulumi.secret('hunter22') });
    await stack.up();
    const box = await boxInState(stack);
    for (const value of [box?.inputs['password'], box?.outputs['password'], box?.outputs['token']])
      expect(value).toHaveProperty(SECRET_SIGNATURE);
    await stack.refresh();
    const after = await boxInState(stack);
    for (const value of [after?.inputs['password'], after?.outputs['password'], after?.outputs['token']])
      expect(value).toHaveProperty(SECRET_SIGNATURE);
    const { text } = await bench.stateOf(stack);
    expect(text).toContain('ciphertext');
    expect(text).not.toMatch(/hunter22|token-of/);

    const id = box!.id;
    cloud.boxes.set(id, { ...cloud.boxes.get(id)!, label: 'flaky' });
    expect(await failureOf(stack.refresh())).toContain('[toy/provider_down] GET /boxes: 503.');
    expect((await boxInState(stack))?.id).toBe(id);

    cloud.boxes.delete(id);
    await stack.refresh();
    expect(await boxInState(stack)).toBeUndefined();
  });

  it('imports what exists and says when there is nothing to import', async ({ expect }) => {
    const id = cloud.make({ label: 'import', size: 2, region: 'here' });
    const { stack, use } = await boxStack('import', {});
    use({ size: 2 }, { import: id });
    expect((await stack.up()).summary.resourceChanges).toMatchObject({ import: 1 });
    use({ size: 2 });
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2 });
    use({ size: 2, label: 'other' }, { import: 'box-none' });
    expect(await failureOf(stack.up())).toContain("'box-none' does not exist");
  });

  it('names the property, the rule and the remedy when a check fails', async ({ expect }) => {
    const { stack } = await boxStack('checks', { size: 9, colour: 'red', tags: ['a', 1], label: 'Not Good' });
    const failure = await failureOf(stack.preview());
    expect(failure).toContain('9 is too large; the most is 8');
    expect(failure).toContain('unknown property "colour"');
    expect(failure).toContain('tags[1]');
    expect(failure).toContain('must be a string, not a number');
    expect(failure).toContain('"Not Good" does not match ^[a-z0-9-]+$');
  });

  it('keeps the id of what did not become ready, and repairs it', async ({ expect }) => {
    cloud.notReady.add('unready');
    const userData = 'x'.repeat(60_000);
    const { stack } = await boxStack('unready', { userData });
    expect(await failureOf(stack.up())).toContain('no address yet');
    const box = await boxInState(stack);
    expect(box).toMatchObject({ id: expect.stringMatching(/^box-/), initErrors: ['no address yet'] });
    expect(box?.outputs['userData']).toBe(userData);
    cloud.notReady.delete('unready');
    await stack.up();
    const repaired = await boxInState(stack);
    expect(repaired?.id).toBe(box?.id);
    expect(repaired?.initErrors ?? []).toEqual([]);
    expect((await stack.up()).summary.resourceChanges).toEqual({ same: 2 });
  });

  it('ends a call at its timeout and says so', async ({ expect }) => {
    const { stack, use } = await boxStack('slow', {});
    use({ waitMs: 60_000 }, { customTimeouts: { create: '1s' } });
    expect(await failureOf(stack.up())).toContain('[toy/timeout] The create of "box" did not finish within 1 s.');
  });

  it('cancels one operation without disturbing another', async ({ expect }) => {
    const cancelled = await boxStack('cancelled', { waitMs: 60_000 });
    const undisturbed = await boxStack('undisturbed', { waitMs: 3_000 });
    const controller = new AbortController();
    const other = undisturbed.stack.up();
    const failure = failureOf(cancelled.stack.up({ signal: controller.signal }));
    const made = (label: string): boolean => [...cloud.boxes.values()].some((box) => box['label'] === label);
    await expect.poll(() => made('cancelled') && made('undisturbed'), { timeout: 15_000 }).toBe(true);
    controller.abort();
    expect(await failure).toContain('[toy/cancelled] The create of "box" was cancelled.');
    expect((await other).summary.resourceChanges).toEqual({ create: 2 });
  });
});

it('reports a failed update and keeps what is recorded', { timeout: 60_000 }, async () => {
  const { stack, use } = await boxStack('failing', {});
  await stack.up();
  cloud.failUpdates = true;
  use({ size: 5 });
  const failure = await failureOf(stack.up());
  cloud.failUpdates = false;
  expect(failure).toContain('[toy/quota] No more room; ask for a higher limit.');
  expect((await boxInState(stack))?.inputs['size']).toBe(1);
});
