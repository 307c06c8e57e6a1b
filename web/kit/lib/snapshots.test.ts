import { expect, it } from 'vitest';
import type { Snapshot } from '../api/client.ts';
import { copyProblem, deleteProblem, keepingCosts, restoreProblem, snapshotName } from './snapshots.ts';

const made: Snapshot = {
  id: 's',
  vps_id: 'v',
  organization_id: 'o',
  kind: 'snapshot',
  name: 'before',
  note: null,
  status: 'available',
  message: null,
  provider_snapshot_id: '1',
  size_gb: 2.5,
  min_disk_gb: 25,
  monthly_cost: { amount: '0.15', currency: 'USD' },
  password_known: true,
  live: true,
  operation_id: null,
  created_at: '2026-01-02T03:04:05.000Z',
  deleted_at: null,
};

it('restores only what is finished and there', () => {
  expect(restoreProblem(made)).toBeNull();
  expect(restoreProblem({ ...made, status: 'pending' })).toContain('It is pending');
  expect(restoreProblem({ ...made, status: 'missing' })).toContain('no longer has it');
  expect(restoreProblem({ ...made, live: false })).toContain('cannot be asked now');
});

it('makes a new server only of what was ordered, is finished and there', () => {
  expect(copyProblem({ ...made, kind: 'final' })).toBeNull();
  expect(copyProblem({ ...made, kind: 'backup' })).toContain('its own server only');
  expect(copyProblem({ ...made, status: 'deleting' })).toContain('It is deleting');
});

it('deletes what was ordered, also what the provider lost, and never a backup', () => {
  expect(deleteProblem(made)).toBeNull();
  expect(deleteProblem({ ...made, status: 'missing' })).toBeNull();
  expect(deleteProblem({ ...made, kind: 'final' })).toBeNull();
  expect(deleteProblem({ ...made, kind: 'backup' })).toContain('schedule replaces it');
  expect(deleteProblem({ ...made, status: 'deleting' })).toBe('It is deleting.');
});

it('sums what keeping them costs, by currency, and knows what has no name', () => {
  expect(keepingCosts([])).toBeNull();
  expect(keepingCosts([made, { ...made, monthly_cost: null }, made])).toMatch(/0[.,]30.* per month/);
  expect(keepingCosts([made, { ...made, monthly_cost: { amount: '1', currency: 'EUR' } }])).toMatch(/0[.,]15 and .*1[.,]00 per month/);
  expect([snapshotName(made), snapshotName({ ...made, kind: 'backup', name: '' })]).toEqual(['before', 'Backup of 2026-01-02']);
});
