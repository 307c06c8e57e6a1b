import { describe, expect, it } from 'vitest';
import type { Difference } from '../compare.ts';
import { policyOf, type Rule } from './decide.ts';

const differs = (field: string, object: Difference['object'] = 'instance'): Difference => ({
  object,
  name: 'x',
  field,
  recorded: 'a',
  actual: 'b',
});
const rule = (plan: string | null, field: Rule['field'], policy: Rule['policy']): Rule => ({ plan, field, policy });

describe('the policy of a drift', () => {
  it('is the account’s own where no rule fits', () => {
    expect(policyOf([], 'repair', 'p1', [differs('label')])).toEqual({ policy: 'repair', disagreement: null });
    expect(policyOf([rule('p2', null, 'accept'), rule(null, 'power', 'none')], 'repair', 'p1', [differs('label')]).policy).toBe('repair');
  });

  it.each([
    ['plan and field', [], 'accept'],
    ['plan', ['p1/power'], 'repair'],
    ['field', ['p1/power', 'p1/'], 'none'],
    ['account', ['p1/power', 'p1/', '/power'], 'accept'],
  ])('is that of the most specific rule: %s', (_, without, policy) => {
    const all: Record<string, Rule> = {
      '/power': rule(null, 'power', 'none'),
      'p1/': rule('p1', null, 'repair'),
      'p1/power': rule('p1', 'power', 'accept'),
    };
    for (const key of without) delete all[key];
    expect(policyOf(Object.values(all), 'accept', 'p1', [differs('power')]).policy).toBe(policy);
  });

  it('covers addresses and records by one word each', () => {
    const rules = [rule(null, 'addresses', 'accept'), rule(null, 'records', 'accept')];
    const differences = [differs('ipv4'), differs('ipv6'), differs('content', 'record'), differs('existence', 'record')];
    expect(policyOf(rules, 'none', 'p1', differences)).toEqual({ policy: 'accept', disagreement: null });
  });

  it('does nothing, and says why, when its differences fall under different ones', () => {
    const { policy, disagreement } = policyOf([rule(null, 'power', 'repair')], 'none', 'p1', [differs('power'), differs('plan')]);
    expect(policy).toBe('none');
    expect(disagreement).toContain('power: repair, plan: none');
    expect(policyOf([rule(null, 'power', 'repair')], 'accept', 'p1', [differs('power'), differs('plan')]).policy).toBe('none');
  });

  it('of a vanished server no rule for a field decides', () => {
    expect(policyOf([rule(null, 'power', 'repair')], 'none', 'p1', [differs('existence')]).policy).toBe('none');
  });
});
