/** What descriptors say alike: capabilities, options of accounts, passwords. */
import { z } from 'zod';
import type { Capabilities, Capability, Descriptor } from '../provider.ts';

export const can: Capability = { can: true };
export const cannot = (reason: string): Capability => ({ can: false, reason });

/** Every capability, each for the same reason not there. */
export function nothing(reason: string): Capabilities {
  const none = cannot(reason);
  return {
    resizeUp: none,
    resizeDown: none,
    rebuild: none,
    resetPassword: none,
    rename: none,
    snapshots: none,
    serverFromSnapshot: none,
    backups: none,
    rescue: none,
    firewall: none,
    reverseDns: none,
    bandwidth: none,
    metrics: none,
    startupScript: none,
    windows: none,
    ipv6: none,
    balance: none,
    consumption: none,
    console: none,
  };
}

/** Options of every account that sells servers. */
export const salesOptions = {
  /** Taken when several accounts offer the plan of an order. */
  default: z.boolean().default(false),
  /** Places that may be sold, by the provider's own ids; empty = all. */
  allowedRegions: z.array(z.string()).default([]),
};
/** And where servers have backups and IPv6 by choice. */
export const cloudOptions = {
  ...salesOptions,
  /** For orders that do not say. */
  backupEnabled: z.boolean().default(false),
  ipv6Enabled: z.boolean().default(true),
};

/** A password that systems of every kind take. */
export const strongPassword: Omit<Descriptor['password'], 'minLength' | 'maxLength'> = {
  length: 24,
  minLower: 3,
  minUpper: 3,
  minNumeric: 3,
  minSpecial: 2,
  overrideSpecial: '-_.+=',
};

/** Limits of what has no servers. */
export const noServerLimits: Descriptor['limits'] = { userDataBytes: 0, labelMaxLength: 0, labelPattern: /^$/ };
