import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'hand-destroy',
  words: { name: 'Destroy by hand', does: 'A person’s own `pulumi destroy` on the stack of a VPS' },
  request: Requested,
  progress: NoProgress,
});
