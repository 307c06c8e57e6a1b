/** `POST /api/vps/provision`, which two older systems share: a body with `mt5_account_id` or `os_id` is the trading desk's. */
import { z } from 'zod';
import { OwnProvision } from './personal-server.ts';
import { DeskProvision } from './trading-desk.ts';

export const ProvisionBody = z
  .strictObject({ ...DeskProvision.partial().shape, ...OwnProvision.shape, provider: DeskProvision.shape.provider.unwrap().optional() })
  .meta({ description: 'The trading desk’s fields (A), or the personal server’s (C), which may all be left out.' });
export type ProvisionBody = z.output<typeof ProvisionBody>;

export function isDesk(body: ProvisionBody): boolean {
  return body.mt5_account_id !== undefined || body.os_id !== undefined;
}
