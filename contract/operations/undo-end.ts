import { defineKind, NoProgress, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'undo-end',
  words: { name: 'Undo the end', does: 'Take an ordered end back while the server still lives; its next term is paid for again' },
  request: Requested,
  progress: NoProgress,
});
