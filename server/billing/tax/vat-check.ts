/**
 * Whether a tax id is one, as the tax offices of the European Union say (VIES). What they answer is kept as it came: it is what
 * the seller shows when asked why no tax was charged. In development nobody is asked: the numbers that VIES's own test service
 * knows are answered as it does.
 */
import { z } from 'zod';
import type { VatCheck as CheckWire } from '../../../contract/billing.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { keepProfile, profileOf } from '../profile/profile.ts';
import type { BillingProfile } from '../profile/store.ts';
import { insertCheck, markTaxId, type VatCheck } from './store.ts';

export interface VatAnswer {
  readonly result: 'valid' | 'invalid' | 'unavailable';
  readonly evidence: Record<string, Json>;
}
/** Asks about a number of a country (`DE`, `123456789`). */
export type VatOffice = (country: string, number: string) => Promise<VatAnswer>;

const VIES = 'https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number';
const TIMEOUT_MS = 15_000;
const Answered = z.looseObject({ valid: z.boolean(), requestDate: z.string().optional(), requestIdentifier: z.string().optional() });

/** The tax offices' own service [ec.europa.eu/taxation_customs/vies/#/technical-information]. */
export const vies: VatOffice = async (country, number): Promise<VatAnswer> => {
  try {
    const response = await fetch(VIES, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ countryCode: country, vatNumber: number }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    const answer: unknown = await response.json();
    const parsed = Answered.safeParse(answer);
    if (!response.ok || !parsed.success) return { result: 'unavailable', evidence: { status: response.status } };
    return { result: parsed.data.valid ? 'valid' : 'invalid', evidence: JSON.parse(JSON.stringify(answer)) as Record<string, Json> };
  } catch (error) {
    return { result: 'unavailable', evidence: { error: error instanceof Error ? error.message.slice(0, 200) : 'no answer' } };
  }
};

/** As the test service answers: 100 is valid, 200 invalid, 300 and 301 no answer; else a number is valid by its form. */
export const simulatedVies: VatOffice = async (country, number) => {
  const result = number === '200' || !/^[A-Z0-9]{3,12}$/.test(number) ? 'invalid' : /^30[01]$/.test(number) ? 'unavailable' : 'valid';
  return { result, evidence: { simulated: true, countryCode: country, vatNumber: number, valid: result === 'valid' } };
};

/** What was said about the number that the profile had when it was asked. */
export interface Asked extends VatAnswer {
  readonly profile: BillingProfile;
  readonly number: string;
}

/** Asks about the organization's present number. @throws Refusal 409 when it has none */
export async function askOffice(services: Services, organizationId: string): Promise<Asked> {
  const profile = await profileOf(services.db, organizationId);
  if (profile.taxId === null)
    throw new Refusal(409, 'no_tax_id', 'This organization has no tax id. Give it one in its billing profile first.');
  const plain = profile.taxId.replaceAll(/[^A-Z0-9]/g, '');
  const country = /^[A-Z]{2}/.exec(plain)?.[0] ?? profile.country;
  const office = services.config.simulator.enabled ? simulatedVies : vies;
  return { ...(await office(country, plain.replace(/^[A-Z]{2}/, ''))), profile, number: profile.taxId };
}

/** Unanswered, what was known before stays. */
export async function keepCheck(
  tx: Db,
  { name }: Pick<Principal, 'name'>,
  { profile, number, result, evidence }: Asked,
): Promise<VatCheck> {
  const { organizationId } = profile;
  await keepProfile(tx, profile);
  const check = await insertCheck(tx, { organizationId, number, result, evidence, at: timeNow() });
  if (result !== 'unavailable') await markTaxId(tx, organizationId, number, result === 'valid');
  await appendAudit(tx, { actor: name, action: 'tax-id.checked', target: organizationId, organizationId, data: { number, result } });
  return check;
}

export function presentCheck({ number, result, evidence, at }: VatCheck): CheckWire {
  return { number, result: result as CheckWire['result'], evidence: evidence as Record<string, unknown>, at: at.toISOString() };
}
