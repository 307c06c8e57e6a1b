import { kind } from '../../../contract/operations/power-cycle.ts';
import { powerSheet } from './power.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, powerSheet('reboot', 'off', 'on'));
