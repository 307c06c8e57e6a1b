import { expect, it } from 'vitest';
import { CpuGate } from './gate.ts';

it('lets no more than its places through, in the order they came', async () => {
  const gate = new CpuGate(2);
  const through: number[] = [];
  const slots = Array.from({ length: 4 }, async (_, index) => {
    const slot = await gate.acquire();
    through.push(index);
    return slot;
  });
  const first = await slots[0]!;
  await slots[1];
  expect(through).toEqual([0, 1]);
  first.release();
  await slots[2];
  expect(through).toEqual([0, 1, 2]);
  (await slots[1])!.release();
  await slots[3];
  expect(through).toEqual([0, 1, 2, 3]);
});

it('takes a place back once, however often it is given', async () => {
  const gate = new CpuGate(1);
  const slot = await gate.acquire();
  slot.release();
  slot.release();
  await gate.acquire();
  const blocked = await Promise.race([gate.acquire().then(() => 'through'), Promise.resolve('waits')]);
  expect(blocked).toBe('waits');
});

it.each([0, -1, 1.5, Number.NaN])('refuses %s places', (places) => {
  expect(() => new CpuGate(places)).toThrow(/whole number/);
});
