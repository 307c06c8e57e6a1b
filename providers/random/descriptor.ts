/** Random values kept in a stack's state; no company and no API behind it. */
import { z } from 'zod';
import { nothing } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

export const descriptor: Descriptor = {
  id: 'random',
  name: 'Random',
  roles: ['utility'],
  pulumiPackage: 'random',
  pulumiPackageVersion: '4.21.2',
  // Nothing is ever called; the contract wants a well-formed address, and `.invalid` resolves nowhere.
  apiBaseUrl: 'https://random.invalid',
  simulatorPath: '/random',
  credential: z.strictObject({}),
  credentialFields: [],
  options: z.strictObject({}),
  capabilities: nothing('Random values are not servers.'),
  limits: { userDataBytes: 0, labelMaxLength: 63, labelPattern: /^[a-zA-Z0-9-]+$/ },
  rate: { requests: 1_000, perMs: 1_000 },
  password: {
    length: 24,
    minLower: 2,
    minUpper: 2,
    minNumeric: 2,
    minSpecial: 2,
    overrideSpecial: '-_.+=',
    minLength: 1,
    maxLength: 512,
  },
  docsUrl: 'https://www.pulumi.com/registry/packages/random/',
};
