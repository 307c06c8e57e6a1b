/** What a change will mean, as sentences, from the server's preview of it. */
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import { money } from '../../kit/lib/format.ts';

interface Consequence {
  readonly tone: 'bad' | 'warn' | 'quiet';
  readonly text: string;
}

/** The gravest first. */
export function consequences(preview: ChangePreview): Consequence[] {
  const found: Consequence[] = [];
  if (preview.data_loss) found.push({ tone: 'bad', text: 'Everything on the disk is lost.' });
  if (preview.replaces_instance) found.push({ tone: 'bad', text: 'The server is replaced by a new one.' });
  if (preview.new_address) found.push({ tone: 'warn', text: 'The address will be another one.' });
  if (preview.interruption) found.push({ tone: 'warn', text: 'The server is off or restarts meanwhile.' });
  if (found.length === 0) found.push({ tone: 'quiet', text: 'The server keeps running, with the same address and disk.' });
  const price = priceSentence(preview);
  if (price) found.push({ tone: 'quiet', text: price });
  found.push(...preview.notes.map((text) => ({ tone: 'quiet' as const, text })));
  return found;
}

function priceSentence({ price_before: before, price_after: after, price_difference: difference }: ChangePreview): string | null {
  if (!before || !after) return null;
  if (difference === null || Number(difference) === 0) return `The price stays ${money(after.monthly, after.currency)} per month.`;
  return `The price goes from ${money(before.monthly, before.currency)} to ${money(after.monthly, after.currency)} per month.`;
}
