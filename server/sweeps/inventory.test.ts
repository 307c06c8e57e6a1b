import { expect, it } from 'vitest';
import { type KnownVps, newerServer } from './inventory.ts';

const known = new Map<string, KnownVps>([['abc', { living: true, busy: false, generation: 1, recordsInstance: true }]]);
const server = (tag: string, createdAt = '2026-01-02T00:00:00Z') => [{ tags: ['web', tag], createdAt } as never];

it('takes a server of a generation that nobody decided on for a sign of a restored database', () => {
  expect(newerServer(server('plinth-vps-abc-g2'), known, null)).toEqual({ vpsId: 'abc', generation: 2 });
  expect(newerServer(server('plinth-vps-abc-g1'), known, null)).toBeNull();
  expect(newerServer(server('plinth-vps-xyz-g7'), known, null)).toBeNull();
  expect(newerServer(server('other'), known, null)).toBeNull();
});

it('takes it for none when it was there as a person lifted the hold', () => {
  expect(newerServer(server('plinth-vps-abc-g2'), known, '2026-01-03T00:00:00Z')).toBeNull();
  expect(newerServer(server('plinth-vps-abc-g2'), known, '2026-01-01T00:00:00Z')).toMatchObject({ generation: 2 });
  expect(newerServer(server('plinth-vps-abc-g2', 'unknown'), known, '2026-01-03T00:00:00Z')).toMatchObject({ generation: 2 });
});
