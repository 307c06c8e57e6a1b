import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'drift-check',
  words: { name: 'Check for drift', does: 'Let the engine compare a VPS with its provider' },
  request: Requested,
  progress: NoProgress,
});
