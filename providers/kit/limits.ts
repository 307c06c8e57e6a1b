/** What a program may not ask for, by the provider's limits: told before the vendor is asked. */
import type { Descriptor } from '../provider.ts';
import type { CheckFailure, Json } from '../resource.ts';

type Limits = Descriptor['limits'];

export function checkHostName(property: string, name: Json | undefined, { labelMaxLength, labelPattern }: Limits): CheckFailure[] {
  if (typeof name !== 'string' || (name.length <= labelMaxLength && labelPattern.test(name))) return [];
  return [{ property, reason: `"${name}" is no host name: use letters, digits, "." and "-", up to ${labelMaxLength}.` }];
}

/** @param name of the vendor, for the sentence */
export function checkUserData(userData: Json | undefined, { userDataBytes }: Limits, name: string): CheckFailure[] {
  const bytes = typeof userData === 'string' ? Buffer.byteLength(userData) : 0;
  if (bytes <= userDataBytes) return [];
  return [{ property: 'userData', reason: `it has ${bytes} bytes; ${name} takes ${userDataBytes}. Shorten it.` }];
}
