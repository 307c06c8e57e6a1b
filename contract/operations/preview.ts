import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'preview',
  words: { name: 'Preview', does: 'Show what the next update, or a change, would do' },
  request: Requested,
  progress: NoProgress,
});
