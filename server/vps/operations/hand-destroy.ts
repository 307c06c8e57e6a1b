/** A person's own run of the engine, which the state service sees and records; no worker does it. */
import { kind } from '../../../contract/operations/hand-destroy.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'stack:destroy' },
  traits: { byHand: true },
  succeeded: () => null,
});
