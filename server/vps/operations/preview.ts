/** The engine's own word on what the next update, or a change, would do. It changes nothing. */
import { kind } from '../../../contract/operations/preview.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:refresh' },
  traits: { harmless: true, looks: true },
  mayReplace: ({ way }) => way === 'replacement',
  run: ({ drive, signal }) => drive('preview', signal),
  succeeded: () => null,
});
