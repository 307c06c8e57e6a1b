/** What the dialog of a bulk run sends, held against the contract. */
import { expect, it } from 'vitest';
import { BULK_ACTIONS, BulkCreate, BulkPreviewRequest } from '../../../contract/bulk.ts';
import { NOTHING } from '../../features/vps/setup-form.ts';
import { type BulkActionName, EMPTY_FORM, formProblem, IN_MENU, paceBody, whatBody } from './bulk.ts';

const FORM = { ...EMPTY_FORM, plan: 'p', reason: 'not paid', name: 'before', tags: 'a, b', image: ' i ', maxFailures: '10%' };

it('offers every action that there is, each once', () => {
  expect([...IN_MENU, 'refresh', 'destroy'].toSorted()).toEqual(BULK_ACTIONS.toSorted());
});

it.each(BULK_ACTIONS as BulkActionName[])('sends %s as the contract takes it', (action) => {
  expect(formProblem(action, FORM)).toBeNull();
  const body = whatBody(action, FORM, [{ id: '0'.repeat(16) } as never], {});
  expect(BulkPreviewRequest.safeParse(body)).toMatchObject({ success: true, data: { action: { action } } });
  expect(BulkCreate.safeParse({ ...body, pace: paceBody(FORM) }).success).toBe(true);
});

it('leaves out what was not chosen', () => {
  expect(whatBody('destroy', FORM, [], {}).action).toEqual({ action: 'destroy', grace_hours: 24 });
  expect(whatBody('destroy', { ...FORM, finalSnapshot: true }, [], {}).action).toMatchObject({ final_snapshot: true });
  expect(whatBody('reinstall', { ...FORM, image: ' ' }, [], {}).action).toEqual({ action: 'reinstall' });
  expect(whatBody('reinstall', FORM, [], {}).action).toEqual({ action: 'reinstall', image: 'i' });
});

it('sends the set-up that was chosen', () => {
  const action = (setup: Partial<typeof EMPTY_FORM.setup>) =>
    whatBody('reinstall', { ...EMPTY_FORM, setup: { ...EMPTY_FORM.setup, ...setup } }, [], {}).action;
  const profile = 'probe';
  expect(action({ profile: NOTHING })).toEqual({ action: 'reinstall', setup: null });
  expect(action({ profile })).toEqual({ action: 'reinstall', setup: { profile, values: {} } });
  const body = action({ profile, version: '2', values: { WHO: 'ada', LEFT: '' } });
  expect(body).toEqual({ action: 'reinstall', setup: { profile, version: 2, values: { WHO: 'ada' } } });
  expect(BulkPreviewRequest.safeParse({ action: body, selection: { ids: ['0'.repeat(16)] } }).success).toBe(true);
});

it('says what is missing', () => {
  for (const action of ['resize', 'suspend', 'snapshot'] as const) expect(formProblem(action, EMPTY_FORM)).not.toBeNull();
  expect(formProblem('reboot', { ...EMPTY_FORM, parallel: '0' })).toContain('at least 1');
});
