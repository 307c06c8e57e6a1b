/** The engine's word on a suspicion of the drift sweep. */
import { kind } from '../../../contract/operations/drift-check.ts';
import { changeOfSpec } from './change.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: null },
  traits: { harmless: true, looks: true, unasked: true },
  run: ({ drive, signal }) => drive('refresh-preview', signal),
  succeeded: changeOfSpec,
});
