import { z } from 'zod';
import { Approval, IdText, Password, SshKeyIds, SshKeys } from '../fields.ts';
import { SetupRequest } from '../setup-profile.ts';
import { AtProvider, defineKind, Requested } from './kind.ts';

const action = z.strictObject({
  action: z.literal('reinstall'),
  /** The present image when left out. */
  image: IdText.optional(),
  /** Generated when left out. */
  root_pass: Password.optional(),
  /** With `ssh_key_ids`: exactly these keys from now on. Both left out: those it has. */
  ssh_keys: SshKeys.optional(),
  /** Keys that the organization keeps (GET /api/ssh-keys). */
  ssh_key_ids: SshKeyIds.optional(),
  /**
   * What sets the new system up. Left out: the profile that the VPS has, at its version. The same profile keeps the values that are
   * not named here. null: none from now on.
   */
  setup: SetupRequest.nullable().optional(),
  approval: Approval.optional(),
});

export const kind = defineKind({
  kind: 'reinstall',
  words: {
    name: 'Reinstall',
    does: 'Reinstall a VPS, with a new password; everything on it is lost',
    lead: 'A fresh image on the same server. The old disk is lost.',
    bulkLead: 'Their disks are written anew: everything on them is lost. Every server gets a new password of its own.',
  },
  request: Requested,
  progress: AtProvider,
  action,
  change: action,
  // Every server gets a new password of its own, and keeps its keys.
  bulk: action.omit({ root_pass: true, ssh_keys: true, ssh_key_ids: true, approval: true }),
});
