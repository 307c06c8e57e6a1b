/** Cloudflare: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { cannot, noServerLimits, nothing, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

export const PROVIDER_ID = 'cloudflare';

const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{5,256}$/, 'A Cloudflare API token has letters, digits, "_" and "-" only. The Global API Key is not one.'),
});

const options = z.strictObject({
  /** Zone offered first, for example `example.com`; '' = none. */
  defaultZone: z.string().default(''),
  /** Zones that may be used; empty = all the token can see. */
  allowedZones: z.array(z.string()).default([]),
  /** Seconds; 1 = automatic. */
  ttl: z
    .number()
    .int()
    .refine((ttl) => ttl === 1 || (ttl >= 30 && ttl <= 86_400), 'A TTL is 1 (automatic) or 30 to 86400 seconds.')
    .default(300),
  /** Cloudflare's proxy forwards web traffic only: SSH to the name stops working. */
  proxied: z.boolean().default(false),
});

export const descriptor: Descriptor = {
  id: PROVIDER_ID,
  name: 'Cloudflare',
  roles: ['dns'],
  pulumiPackage: 'cloudflare',
  pulumiPackageVersion: '6.22.1',
  // The client adds /client/v4, so that the simulator's path is this folder's name.
  apiBaseUrl: 'https://api.cloudflare.com',
  simulatorPath: '/cloudflare',
  credential,
  credentialFields: [
    {
      name: 'token',
      label: 'API token',
      help: 'My Profile → API Tokens → Create Token → "Edit zone DNS", for the zones to be used. It needs Zone:Read and DNS:Edit.',
    },
  ],
  options,
  capabilities: {
    ...nothing('Cloudflare holds DNS zones, not servers.'),
    balance: cannot('Cloudflare tells no balance to an API token.'),
  },
  limits: noServerLimits,
  rate: { requests: 1_200, perMs: 300_000 },
  password: { ...strongPassword, minLength: 8, maxLength: 128 },
  docsUrl: 'https://developers.cloudflare.com/api/',
};
