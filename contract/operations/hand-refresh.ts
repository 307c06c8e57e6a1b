import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'hand-refresh',
  words: { name: 'Refresh by hand', does: 'A person’s own `pulumi refresh` on the stack of a VPS' },
  request: Requested,
  progress: NoProgress,
});
