/** Host names as people send them, by the one rule that the stacks' program has too. */
import { checkedHost, nameInZone } from '../../stacks/names.ts';
import { refuseField } from './problem.ts';

/** ASCII, lower case, no final dot. @throws Refusal naming the field. */
export function hostOf(field: string, text: string): string {
  const checked = checkedHost(text);
  if (checked.ok) return checked.name;
  throw refuseField(field, checked.rule, checked.remedy);
}

/** The new full name of a VPS that has a zone. @throws Refusal */
export function nameOf(field: string, given: string, zone: string): string {
  const named = nameInZone(given, zone);
  if (named.ok) return named.name;
  throw refuseField(field, named.rule, named.remedy);
}
