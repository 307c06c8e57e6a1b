import { kind } from '../../../contract/operations/start.ts';
import { powerSheet } from './power.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, powerSheet('power-on', 'on'));
