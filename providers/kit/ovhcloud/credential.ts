/** What an account at OVH is made of: an application, a consumer who lets it in, the zone they belong to. */
import { z } from 'zod';
import type { CredentialField } from '../../provider.ts';

const SIMULATED = 'sim-[A-Za-z0-9_-]{1,120}';

/** Accounts, orders and projects belong to one of three zones, which know nothing of each other. */
const ORIGINS = { eu: 'https://eu.api.ovh.com', ca: 'https://ca.api.ovh.com', us: 'https://api.us.ovhcloud.com' } as const;

export const applicationFields = {
  application_key: z
    .string()
    .trim()
    .regex(new RegExp(`^(?:[A-Za-z0-9]{16}|${SIMULATED})$`), 'An application key has 16 letters and digits.'),
  application_secret: z
    .string()
    .trim()
    .regex(new RegExp(`^(?:[A-Za-z0-9]{32}|secret-of-${SIMULATED})$`), 'An application secret has 32 letters and digits.'),
  consumer_key: z
    .string()
    .trim()
    .regex(new RegExp(`^(?:[A-Za-z0-9]{32}|${SIMULATED})$`), 'A consumer key has 32 letters and digits.'),
  zone: z.enum(['eu', 'ca', 'us']).optional(),
};

export const credentialFields: readonly CredentialField[] = [
  { name: 'application_key', label: 'Application key', help: 'Of an application that eu.api.ovh.com/createToken makes.' },
  { name: 'application_secret', label: 'Application secret', help: 'Shown with the application key.' },
  { name: 'consumer_key', label: 'Consumer key', help: 'Shown with the application key; it says which calls are allowed, and until when.' },
  { name: 'zone', label: 'Zone', help: 'Where the account is: eu (taken when left out), ca or us.', optional: true },
];

/** The same rule on both sides of the simulator's wire. */
export function secretOf(applicationKey: string): string {
  return `secret-of-${applicationKey}`;
}

export function simulatedApplication(token: string): Record<string, string> {
  return { application_key: token, application_secret: secretOf(token), consumer_key: token };
}

/** Where the real API of an account's zone is. */
export function originOf({ zone }: Readonly<Record<string, string>>): string {
  return ORIGINS[zone as keyof typeof ORIGINS] ?? ORIGINS.eu;
}
