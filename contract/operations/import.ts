import { z } from 'zod';
import { defineKind, Requested } from './kind.ts';

export const kind = defineKind({
  kind: 'import',
  words: { name: 'Import', does: 'Take a server that is there already into a stack' },
  request: Requested,
  progress: z.object({ power: z.enum(['running', 'stopped']).optional() }),
  names: true,
});
