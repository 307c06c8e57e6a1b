/** Why something cannot be done with a server now, in words for its customer; null where it can. */
import type { VpsDetail } from '../../kit/api/client.ts';
import { panelWords } from '../words/panels.ts';
import { serverWords } from '../words/server.ts';

export type Feature = keyof VpsDetail['features'];

/** @returns a function of the action's name */
export function useWhyNot(vps: VpsDetail): (action: keyof VpsDetail['capabilities']) => string | null {
  const [t, p] = [serverWords.use(), panelWords.use()];
  return (action) => {
    const { allowed, reason } = vps.capabilities[action];
    if (allowed) return null;
    return vps.under_way === null ? (reason ?? t('cannotNow')) : p('thenBusy');
  };
}

/** Whether the server's provider has it at all: what nobody can ever use is not shown. */
export const has = (vps: VpsDetail, feature: Feature): boolean => vps.features[feature].allowed;
