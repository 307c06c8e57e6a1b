import { expect, it } from 'vitest';
import { fault } from '../../../automation/faults.ts';
import { withRemedy } from './remedy.ts';

it('tells what to do about a provider’s failure, by its kind and by what was tried', () => {
  const gone = fault('not_found', 'There is no server 7.', { provider: 'acme' });
  expect(withRemedy('resize', gone).message).toMatch(/^There is no server 7\. Run the drift sweep/);
  expect(withRemedy('provision', gone).message).toMatch(/^There is no server 7\. Retry the operation/);
  expect(withRemedy('resize', gone)).toMatchObject({ kind: 'not_found', provider: 'acme', retryable: false });
});

it('leaves alone what has its remedy', () => {
  const refused = fault('quota', 'The account is full. Ask for a higher limit.', { provider: 'acme' });
  const ours = fault('timeout', 'The destroy took too long and was cut off; it is tried again.');
  expect([withRemedy('resize', refused), withRemedy('destroy', ours)]).toEqual([refused, ours]);
});
