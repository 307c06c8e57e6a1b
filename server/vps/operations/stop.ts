import { kind } from '../../../contract/operations/stop.ts';
import { powerSheet } from './power.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, powerSheet('power-off', 'off'));
