import type { VpsSpec } from '../../stacks/spec.ts';
import { plainSpec } from '../../test/support/plain-spec.ts';

/** The smallest VPS of the fake cloud. */
export function specOf(vpsId: string, change: { label?: string; region?: string; generation?: number } = {}): VpsSpec {
  const { region = 'north', ...named } = { label: `web-${vpsId}`, ...change };
  return plainSpec(
    { vpsId, hostname: `${vpsId}.example.com`, ...named },
    { provider: 'fakecloud', accountId: 'acc1', region, plan: 'small', image: 'linux' },
  );
}
