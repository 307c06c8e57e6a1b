import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'hand-update',
  words: { name: 'Update by hand', does: 'A person’s own `pulumi up` on the stack of a VPS' },
  request: Requested,
  progress: NoProgress,
});
