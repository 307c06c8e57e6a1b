import { expect, it } from 'vitest';
import { laterMark, type Marked, markedOf } from './later-marks.ts';

const generations = new Map([['abc', 1]]);
const never = (): boolean => false;
const server = (tag: string, createdAt = '2026-01-02T00:00:00Z') => ({
  instances: new Map([['1', { id: '1', label: 'web', tags: ['web', tag], createdAt } as never]]),
});
const sign = (reading: Parameters<typeof markedOf>[0], isAccepted: (mark: Marked) => boolean = never) =>
  laterMark(markedOf(reading), generations, isAccepted);

it('takes a server of a generation or a VPS that nobody decided on for a sign of a restored database', () => {
  expect(sign(server('plinth-vps-abc-g2'))).toMatchObject({ what: 'server', vpsId: 'abc', generation: 2 });
  expect(sign(server('plinth-vps-xyz-g1'))).toMatchObject({ vpsId: 'xyz', generation: 1 });
  expect(sign(server('plinth-vps-abc-g1'))).toBeNull();
  expect(sign(server('other'))).toBeNull();
});

it('takes whatever else carries our mark for one, too', () => {
  const record = (comment: string | null) => ({ records: new Map([['z', new Map([['r', { id: 'r', name: 'a.b', comment } as never]])]]) });
  expect(sign(record('plinth vps-xyz'))).toMatchObject({ what: 'DNS record', objectId: 'r', vpsId: 'xyz' });
  expect(sign(record('plinth vps-abc'))).toBeNull();
  expect(sign(record(null))).toBeNull();
  const owned = (vpsId: string) => ({ owned: [{ kind: 'ssh-key' as const, id: '7', name: `plinth-vps-${vpsId}-key-7`, vpsId }] });
  expect(sign(owned('xyz'))).toMatchObject({ what: 'ssh-key', objectId: '7' });
  expect(sign(owned('abc'))).toBeNull();
});

it('goes on to the next when a person knows of one', () => {
  const two = {
    instances: new Map([...server('plinth-vps-xyz-g1').instances, ['2', { id: '2', label: 'b', tags: ['plinth-vps-new-g1'] } as never]]),
  };
  expect(sign(two, ({ vpsId }) => vpsId === 'xyz')).toMatchObject({ vpsId: 'new' });
  expect(sign(two, () => true)).toBeNull();
});
