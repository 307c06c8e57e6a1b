/** Mails that cannot be turned into something else, whatever a name, an address or a label holds. */
import { expect, it, test } from 'vitest';
import { MAIL_KINDS } from '../../kernel/mail.ts';
import { headerText, MailAddress } from './address.ts';
import { renderMail } from './render.ts';

const HOSTILE = [
  'a\r\nBcc: evil@x.test',
  '<script>alert(1)</script>',
  '\u202Egnp.exe',
  '"quoted", <evil@x.test>',
  'x'.repeat(300),
  'Łódź 日本',
];

it.each(['b@c.test', "o'hara+tag@sub.example.com", 'a@localhost'])('takes the address %s', (address) => {
  expect(MailAddress.safeParse(address).success).toBe(true);
});

it.each([
  'b@c.test\r\nBcc: evil@x.test',
  'a@b.test, c@d.test',
  'A <a@b.test>',
  '"a b"@c.test',
  'a@b@c.test',
  '@b.test',
  'a@',
  'a@-b.test',
  'a..b@c.test',
  'a@b.test\0',
])('refuses the address %j', (address) => {
  expect(MailAddress.safeParse(address).success).toBe(false);
});

test.each(MAIL_KINDS)('says %s in two languages, safely', { timeout: 30_000 }, async (kind) => {
  const subjects = new Set<string>();
  for (const locale of ['en', 'de-AT', 'fr']) {
    for (const text of HOSTILE) {
      const data = {
        label: text,
        organization: text,
        inviter: text,
        role: text,
        address: text,
        agent: text,
        change: text,
        at: text,
        proof: text,
        alert: text,
        message: text,
        remedy: text,
        runbook: text,
        number: text,
        amount: text,
        due: text,
        owed: text,
        product: text,
        suspends: text,
        ends: text,
        former: text,
        from: text,
        until: text,
        title: text,
        text,
        author: text,
        servers: text,
        why: text,
        automatic: 'yes',
        failed: '',
        link: 'https://plinth.test/x#secret',
      };
      const mail = await renderMail({ kind, locale, name: text, data });
      expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(mail.subject.length).toBeLessThanOrEqual(150);
      expect(mail.html).not.toContain('<script>');
      expect(mail.text.trim()).not.toBe('');
      subjects.add(`${locale} ${mail.subject}`);
    }
  }
  const of = (locale: string): string =>
    [...subjects]
      .filter((each) => each.startsWith(locale))
      .map((each) => each.slice(each.indexOf(' ')))
      .join();
  expect(of('de')).not.toBe(of('en'));
  expect(of('fr')).toBe(of('en'));
});

it('makes nothing to click on of a foreign scheme', async () => {
  const mail = await renderMail({ kind: 'verify-address', locale: 'en', name: null, data: { link: 'javascript:alert(1)' } });
  expect(mail.html).not.toContain('javascript:');
  expect(headerText('a\r\nb\tc')).toBe('a b c');
});
