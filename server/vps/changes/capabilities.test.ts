import { describe, expect, it } from 'vitest';
import { VPS_ACTIONS, type VpsActionName } from '../../../contract/lifecycle.ts';
import { VPS_STATUSES } from '../../../contract/vps.ts';
import { capabilitiesOf, capabilityOf } from './capabilities.ts';
import type { Situation } from './standing.ts';

const can = { can: true } as const;
const usual: Situation = {
  provider: { resizeUp: can, resizeDown: can, rename: can, resetPassword: can, snapshots: can, rescue: can },
  status: 'active',
  hasInstance: true,
  inRescue: true,
  suspendReason: null,
  maintenanceReason: null,
  deleteProtection: false,
  busy: null,
  onPlatform: true,
  sold: null,
};
const byList = (a: VpsActionName, b: VpsActionName) => VPS_ACTIONS.indexOf(a) - VPS_ACTIONS.indexOf(b);
const allowed = (situation: Situation) => VPS_ACTIONS.filter((action) => capabilityOf(situation, action).allowed);
const POWER: VpsActionName[] = ['start', 'stop', 'reboot', 'power-cycle'];
const EXTRAS: VpsActionName[] = ['snapshot', 'restore-snapshot', 'delete-snapshot', 'rescue', 'unrescue'];
const CHANGES: VpsActionName[] = ['rename', 'resize', 'reinstall', 'reset-password', 'configure'];

describe('by status', () => {
  const table: Record<(typeof VPS_STATUSES)[number], VpsActionName[]> = {
    provisioning: ['destroy'],
    active: [...POWER, ...CHANGES, 'suspend', ...EXTRAS, 'destroy'],
    suspended: ['unsuspend', 'destroy'],
    error: [...POWER, 'reinstall', 'suspend', ...EXTRAS, 'destroy'],
    terminating: ['destroy', 'undo'],
    destroying: ['destroy'],
    ending: [...POWER, 'destroy'],
    leaked: ['destroy'],
    terminated: ['delete-snapshot'],
  };
  it.each(VPS_STATUSES)('%s', (status) => expect(allowed({ ...usual, status })).toEqual(table[status].toSorted(byList)));
});

it.each([
  ['a customer does not suspend', { onPlatform: false }, 'suspend', 'forbidden', /every organization/],
  [
    'a suspended server tells its customer why',
    { status: 'suspended', suspendReason: 'unpaid', onPlatform: false },
    'start',
    'suspended',
    /unpaid/,
  ],
  [
    'a customer does not destroy what is suspended',
    { status: 'suspended', suspendReason: 'unpaid', onPlatform: false },
    'destroy',
    'suspended',
    /unpaid/,
  ],
  ['maintenance holds the customer', { maintenanceReason: 'host moves', onPlatform: false }, 'reboot', 'maintenance', /host moves/],
  [
    'maintenance holds a restore, too',
    { status: 'terminating', maintenanceReason: 'host moves', onPlatform: false },
    'undo',
    'maintenance',
    /host/,
  ],
  ['protection refuses destroy to everyone', { deleteProtection: true }, 'destroy', 'delete_protected', /protection/i],
  ['what is not imported yet is not changed', { importing: true, status: 'error' }, 'reinstall', 'import_unfinished', /leaves the server/],
  ['one change at a time', { busy: { kind: 'resize', id: 'op-1' } }, 'rename', 'operation_in_progress', /resize.*op-1/],
  ['no server, no power', { hasInstance: false, status: 'error' }, 'start', 'no_instance', /[Rr]etry/],
  ['an error is retried before it is changed', { status: 'error' }, 'resize', 'not_active', /[Rr]etry/],
  [
    'the provider has the word on passwords',
    { provider: { ...usual.provider, resetPassword: { can: false, reason: 'It cannot.' } } },
    'reset-password',
    'not_supported',
    /It cannot/,
  ],
  [
    'the provider has the word on snapshots',
    { provider: { ...usual.provider, snapshots: { can: false, reason: 'It makes none.' } } },
    'restore-snapshot',
    'not_supported',
    /It makes none/,
  ],
  [
    'the provider has the word on rescue',
    { provider: { ...usual.provider, rescue: { can: false, reason: 'It has none.' } } },
    'rescue',
    'not_supported',
    /It has none/,
  ],
  ['nothing to leave', { inRescue: false }, 'unrescue', 'not_in_rescue', /rescue/],
  ['an ending server is not snapshot any more', { status: 'terminating' }, 'snapshot', 'vps_terminating', /undo/],
  ['no server, no snapshot', { hasInstance: false, status: 'error' }, 'snapshot', 'no_instance', /[Rr]etry/],
  [
    'maintenance holds what a termination kept',
    { status: 'terminated', maintenanceReason: 'host moves', onPlatform: false },
    'delete-snapshot',
    'maintenance',
    /host/,
  ],
  [
    'neither up nor down',
    { provider: { ...usual.provider, resizeUp: { can: false, reason: 'Fixed.' }, resizeDown: { can: false, reason: 'No.' } } },
    'resize',
    'not_supported',
    /Fixed/,
  ],
] as const)('%s', (_, change, action, code, reason) => {
  const capability = capabilityOf({ ...usual, ...change } as Situation, action);
  expect(capability).toEqual({ allowed: false, code, reason: expect.stringMatching(reason) });
});

it('lets the seller work during maintenance, and a destroy stop what runs', () => {
  expect(capabilityOf({ ...usual, maintenanceReason: 'x' }, 'reboot')).toEqual({ allowed: true });
  expect(capabilityOf({ ...usual, busy: { kind: 'resize', id: 'x' } }, 'destroy')).toEqual({ allowed: true });
  expect(capabilityOf({ ...usual, provider: { ...usual.provider, resizeDown: { can: false, reason: 'No.' } } }, 'resize')).toEqual({
    allowed: true,
  });
});

it('answers for every action, with a sentence for every no', () => {
  for (const status of VPS_STATUSES) {
    const all = capabilitiesOf({ ...usual, status, onPlatform: false, busy: { kind: 'x', id: 'y' } });
    expect(Object.keys(all)).toEqual([...VPS_ACTIONS]);
    for (const each of Object.values(all)) if (!each.allowed) expect(each.reason).toMatch(/\.$|:/);
  }
});
