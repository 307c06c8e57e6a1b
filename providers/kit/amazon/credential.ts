/** Access keys, which all of Amazon's services take. */
import { z } from 'zod';
import type { CredentialField } from '../../provider.ts';

/** The simulator's keys begin with `sim-`; the secret of one is it with `-secret` behind. */
export const keys = z.strictObject({
  accessKeyId: z
    .string()
    .trim()
    .regex(/^(?:A(?:KIA|SIA)[A-Z0-9]{16}|sim-[A-Za-z0-9_-]{1,120})$/, 'An access key ID begins with AKIA or ASIA and has 20 characters.'),
  secretAccessKey: z
    .string()
    .trim()
    .regex(/^(?:[A-Za-z0-9+/]{40}|sim-[A-Za-z0-9_-]{1,127})$/, 'A secret access key has 40 characters.'),
  sessionToken: z.string().trim().min(16).optional(),
});

export const keyFields: readonly CredentialField[] = [
  {
    name: 'accessKeyId',
    label: 'Access key ID',
    help: 'AWS console → IAM → Users → the user → Security credentials → Create access key.',
  },
  { name: 'secretAccessKey', label: 'Secret access key', help: 'Shown once, when the access key is made.' },
];
export const temporaryField: CredentialField = {
  name: 'sessionToken',
  label: 'Session token',
  help: 'Only for temporary keys, which begin with ASIA.',
  optional: true,
};

export function simulatedKeys(token: string): { accessKeyId: string; secretAccessKey: string } {
  return { accessKeyId: token, secretAccessKey: `${token}-secret` };
}
