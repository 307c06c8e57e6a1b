/** What changes a VPS's record alone, or reads of it: protection, maintenance, notes, outputs. */
import type { z } from 'zod';
import type { Vps, VpsOutputs } from '../../contract/vps.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, VPS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { findVps } from '../find.ts';
import { pairs, plain, show } from '../output.ts';

type Key = { readonly 'idempotency-key'?: string | undefined };

async function patch(context: Context, word: string, body: object, options: Key, told: (vps: Vps) => string): Promise<number> {
  const api = await context.api();
  const { id } = await findVps(api, word);
  const answer = await api.change<{ instance: Vps }>('PATCH', `/api/vps/${id}`, { body, idempotencyKey: options['idempotency-key'] });
  show(context, answer, () => `${plain(answer.instance.label)} ${told(answer.instance)}.\n`);
  return EXIT.ok;
}

const protect = command({
  path: ['vps', 'protect'],
  summary: 'Protect a VPS from deletion, or with --off no longer',
  positionals: [VPS],
  options: { off: { type: 'boolean', help: 'take the protection away' }, ...MUTATION_OPTIONS },
  examples: ['vps protect web-1', 'vps protect web-1 --off'],
  run: (context, [word = ''], options) =>
    patch(context, word, { delete_protection: options.off !== true }, options, (vps) =>
      vps.delete_protection ? 'is protected' : 'is not protected',
    ),
});

const maintenance = command({
  path: ['vps', 'maintenance'],
  summary: 'Block a VPS for its customer while you work on it, or with --off no longer',
  positionals: [VPS],
  options: {
    reason: { type: 'string', value: 'TEXT', help: 'what is being done; the customer reads it' },
    off: { type: 'boolean', help: 'end the maintenance' },
    ...MUTATION_OPTIONS,
  },
  examples: ['vps maintenance web-1 --reason "moving to another host"', 'vps maintenance web-1 --off'],
  run: async (context, [word = ''], options) => {
    if ((options.reason === undefined) === (options.off !== true))
      throw usage('plinth vps maintenance: give either --reason, which begins it, or --off, which ends it.');
    return await patch(context, word, { maintenance: options.reason ?? null }, options, (vps) =>
      vps.maintenance === null ? 'is not in maintenance' : 'is in maintenance',
    );
  },
});

const note = command({
  path: ['vps', 'note'],
  summary: 'Write the notes of a VPS anew; without a text they are emptied',
  positionals: [VPS, { name: 'text', help: 'the notes', optional: true }],
  options: MUTATION_OPTIONS,
  examples: ['vps note web-1 "moved from the old rack"', 'vps note web-1'],
  run: (context, [word = '', text = ''], options) =>
    patch(context, word, { notes: text === '' ? null : text }, options, (vps) => (vps.notes === null ? 'has no notes' : 'has new notes')),
});

const outputs = command({
  path: ['vps', 'outputs'],
  summary: 'Show what a VPS’s stack put out, without secrets',
  positionals: [VPS],
  examples: ['vps outputs web-1 --json'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const { id } = await findVps(api, word);
    const answer = await api.get<z.infer<typeof VpsOutputs>>(`/api/vps/${id}/outputs`);
    show(context, answer, (colour) =>
      answer.outputs === null
        ? 'Its stack put out nothing yet.\n'
        : pairs(
            Object.entries(answer.outputs).map(([name, value]) => [name, value]),
            colour,
          ),
    );
    return EXIT.ok;
  },
});

export const recordCommands: readonly Command[] = [protect, maintenance, note, outputs];
