/**
 * Addresses of mail, strictly: one, plain, without anything that a mail program or server could read as a second one or as a
 * header. Quoted local parts, comments and lists are legal elsewhere and refused here.
 */
import { z } from 'zod';

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export const MailAddress = z
  .string()
  .max(254, 'is longer than 254 characters')
  .refine((text) => {
    const at = text.lastIndexOf('@');
    const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
    return at > 0 && local.length <= 64 && LOCAL.test(local) && DOMAIN.test(domain);
  }, 'is not one plain address, as in ada@example.com');

/** One line of text for a header: no control character, nothing that turns the writing around, at most `longest` characters. */
export function headerText(text: string, longest = 150): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, longest).join('');
}
