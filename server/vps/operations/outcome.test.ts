import { expect, it } from 'vitest';
import type { Operation } from '../../kernel/database.ts';
import type { VpsWithAccount } from '../store.ts';
import { besideEnding, failureChange, successOf } from './outcome.ts';

const operation = (kind: string, more: Partial<Operation> = {}) => ({ kind, request: {}, progress: null, ...more }) as Operation;
const vps = (status: string) => ({ id: 'abcd1234', status }) as VpsWithAccount;
const none = {} as never;
const successChange = (...[operation, vps, result]: [Operation, VpsWithAccount, typeof done]) => {
  const ended = successOf({ secrets: none, enqueue: undefined as never }, operation, vps, result);
  return ended.sheet.succeeded(ended);
};
const done = { ok: true, changes: {}, steps: [], durationMs: 1 };

it.each([
  ['active', { status: 'active', ipv4: 'x' }],
  ['terminating', { formerStatus: 'active', ipv4: 'x' }],
  ['destroying', { ipv4: 'x' }],
])('an operation that ends while the VPS is %s does not undo an ending', (status, expected) => {
  expect(besideEnding(operation('provision'), vps(status), { status: 'active', ipv4: 'x' })).toEqual(expected);
});

it.each([
  ['destroy', 'leaked', 'destroying', { status: 'leaked' }],
  ['destroy', 'timeout', 'destroying', { status: 'error' }],
  ['provision', 'quota', 'provisioning', { status: 'error' }],
  ['reinstall', 'provider_down', 'active', { status: 'error' }],
  ['reinstall', 'cancelled', 'destroying', null],
  ['resize', 'invalid', 'active', null],
  ['stop', 'timeout', 'active', null],
] as const)('a failed %s (%s) of a VPS that is %s', async (kind, fault, status, expected) => {
  const change = await failureChange({ secrets: none, enqueue: undefined as never }, none, operation(kind), vps(status), {
    kind: fault,
    message: '',
    retryable: false,
  });
  expect(change).toEqual(expected);
});

it('makes a VPS whole again whose lost server was made anew, and leaves one alone that has its server still', () => {
  const repaired = (status: string, instanceId: string) => {
    const outputs = { instanceId, ipv4: '', ipv6: '', hostname: 'a', rootPassword: '' };
    const of = { ...vps(status), instanceId: '7' };
    return successChange(operation('drift-repair'), of, { ...done, outputs } as never);
  };
  expect(repaired('error', '8')).toMatchObject({ instanceId: '8', status: 'active', powerState: 'running', rescueSince: null });
  expect(repaired('error', '7')).not.toHaveProperty('status');
  expect(repaired('suspended', '8')).not.toHaveProperty('status');
});

it('remembers the power before a suspension, and forgets the suspension after it', () => {
  const progress = { formerPower: 'running', power: 'stopped' };
  expect(successChange(operation('suspend', { progress }), vps('suspended'), done)).toEqual({
    powerState: 'stopped',
    suspendedPower: 'running',
  });
  const after = { progress: { formerPower: 'stopped', power: 'running' } };
  expect(successChange(operation('unsuspend', after), vps('suspended'), done)).toMatchObject({
    status: 'active',
    powerState: 'running',
    suspendReason: null,
  });
});
