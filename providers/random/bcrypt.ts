/** bcrypt as the vendor's package writes it (`$2a$`), by the library. */
import { encodeBase64, hash } from 'bcryptjs';

/** `cost` is the binary logarithm of the rounds, 4 to 31; `salt` is 16 bytes. Only the first 72 bytes of the password count. */
export async function bcrypt(password: string, cost: number, salt: Uint8Array): Promise<string> {
  if (!Number.isInteger(cost) || cost < 4 || cost > 31) throw new RangeError(`bcrypt cost must be 4 to 31, not ${cost}`);
  if (salt.length !== 16) throw new RangeError(`bcrypt salt must be 16 bytes, not ${salt.length}`);
  return await hash(password, `$2a$${String(cost).padStart(2, '0')}$${encodeBase64(salt, salt.length)}`);
}
