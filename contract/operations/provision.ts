import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'provision',
  words: { name: 'Provision', does: 'Set a new VPS up' },
  request: Requested,
  progress: NoProgress,
  names: true,
});
