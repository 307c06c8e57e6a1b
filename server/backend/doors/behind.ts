/** The VPS that a stack is named after, for its owner's stack alone. */
import { PROJECT } from '../../../stacks/spec.ts';
import type { StackPlace } from '../context.ts';
import type { Db } from '../../kernel/database.ts';
import { vpsOfOrganization } from '../organizations-store.ts';
import type { VpsWithAccount } from '../../vps/store.ts';

const NAME = 'vps-';

export type Behind =
  | { readonly kind: 'vps'; readonly vps: VpsWithAccount }
  /** Named after a VPS that is not there, or another organization's. */
  | { readonly kind: 'foreign' }
  /** A stack of somebody's own program; nothing of Plinth's hangs on it. */
  | { readonly kind: 'free' };

export async function behind(db: Db, { organization, project, name }: StackPlace): Promise<Behind> {
  if (project !== PROJECT || !name.startsWith(NAME)) return { kind: 'free' };
  const vps = await vpsOfOrganization(db, organization, name.slice(NAME.length));
  return vps ? { kind: 'vps', vps } : { kind: 'foreign' };
}
