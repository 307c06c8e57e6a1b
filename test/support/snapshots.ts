/** What the clouds say of snapshots and traffic. */
import { expect } from 'vitest';

/** The order of a snapshot at any of them. */
export const ORDER = { method: 'POST', path: '(^/|/actions|/images|/snapshots?|/create_image|/createSnapshot)$' };
/** Those that bill what of a disk is stored by the GB, and tell no sum before. */
export const isByTheGb = ({ provider }: { provider: string }): boolean => ['aws', 'gcp'].includes(provider);
/** Those whose plans include no certain traffic: it is billed by the GB, or not at all. */
export const isUnmetered = ({ provider }: { provider: string }): boolean => ['aws', 'gcp', 'ovh'].includes(provider);
export const MONTHLY_COST = { amount: expect.stringMatching(/^\d+\.\d\d$/), currency: expect.stringMatching(/^(USD|EUR)$/) };
