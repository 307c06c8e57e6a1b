/** Ordering a change of a VPS, or only showing what it would do. */
import type { ChangePreview } from '../../contract/lifecycle.ts';
import type { Operation } from '../../contract/operation.ts';
import type { Vps } from '../../contract/vps.ts';
import type { Api } from '../api.ts';
import type { Context, OptionSpecs } from '../command.ts';
import { EXIT } from '../errors.ts';
import { pairs, plain, show } from '../output.ts';
import { accepted, type Accepted } from './accepted.ts';

export const PREVIEW_OPTIONS = {
  preview: { type: 'boolean', help: 'only show what it would do, with an approval to do exactly that' },
  approval: { type: 'string', value: 'ID', help: 'of a preview: do exactly what it showed, or nothing' },
} as const satisfies OptionSpecs;
interface Shared {
  readonly wait?: boolean | undefined;
  readonly 'idempotency-key'?: string | undefined;
}
interface Changing extends Shared {
  readonly preview?: boolean | undefined;
  readonly approval?: string | undefined;
}

/** Resolves with the exit code. */
export async function request(context: Context, api: Api, id: string, body: Record<string, unknown>, options: Shared): Promise<number> {
  const answer = await api.change<Accepted>('POST', `/api/vps/${id}/actions`, { body, idempotencyKey: options['idempotency-key'] });
  return await accepted(context, api, answer, options.wait);
}

/** With --preview only shows what the change would do, else orders it. Resolves with the exit code. */
export async function change(context: Context, api: Api, id: string, body: Record<string, unknown>, options: Changing): Promise<number> {
  if (options.preview) return await preview(context, api, id, body, options['idempotency-key']);
  return await request(context, api, id, { ...body, ...(options.approval === undefined ? {} : { approval: options.approval }) }, options);
}

/** Shows the plan and its approval; the engine's own preview is left to `operation watch`. */
async function preview(context: Context, api: Api, id: string, change: Record<string, unknown>, key: string | undefined): Promise<number> {
  const answer = await api.change<{ instance: Vps; operation: Operation | null; preview: ChangePreview }>(
    'POST',
    `/api/vps/${id}/preview`,
    {
      body: { change },
      idempotencyKey: key,
    },
  );
  show(context, answer, (colour) => previewText(answer.preview, colour));
  return EXIT.ok;
}

function previewText(plan: ChangePreview, colour: boolean): string {
  const price = (of: ChangePreview['price_before']): string | null => of && `${of.monthly} ${of.currency} a month`;
  return pairs(
    [
      ['touches', plan.resources.map(({ name, effect }) => `${name}: ${effect}`).join(', ') || 'nothing'],
      ['data', plan.data_loss ? { text: 'everything on the disk is lost', tone: 'warn' } : 'stays'],
      ['server', plan.replaces_instance ? { text: 'a new one replaces it', tone: 'warn' } : 'stays the same one'],
      ['address', plan.new_address ? 'changes' : 'stays'],
      ['interruption', plan.interruption ? 'yes' : 'no'],
      ['price now', price(plan.price_before)],
      ['price then', price(plan.price_after)],
      ['difference', plan.price_difference],
      ...plan.notes.map((note): [string, string] => ['note', plain(note)]),
      ['approval', plan.approval],
    ],
    colour,
  );
}
