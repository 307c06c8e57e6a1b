/** A mail's subject, HTML and text, of one source: the words of its kind. React escapes what people typed. */
import { createElement as h, type ReactNode } from 'react';
import type { MailKind } from '../../kernel/mail.ts';
import { headerText } from './address.ts';
import { GREETING, localeOf, wordsOf } from './words.ts';

export interface MailContent {
  readonly kind: MailKind;
  readonly locale: string;
  readonly name: string | null;
  readonly data: Readonly<Record<string, string>>;
  /** Who writes. */
  readonly from?: string;
}

const PAGE = { margin: 0, padding: '24px', backgroundColor: '#f4f5f7', fontFamily: 'system-ui, sans-serif', color: '#1c2430' };
const CARD = { maxWidth: '560px', margin: '0 auto', padding: '24px', backgroundColor: '#ffffff', borderRadius: '8px' };
const LINE = { fontSize: '15px', lineHeight: '22px', margin: '0 0 12px' };
const BUTTON = {
  display: 'inline-block',
  padding: '10px 18px',
  backgroundColor: '#1f4fd8',
  color: '#ffffff',
  borderRadius: '6px',
  textDecoration: 'none',
};

export async function renderMail(content: MailContent): Promise<{ subject: string; html: string; text: string }> {
  const { kind, locale, name, data, from = 'Plinth' } = content;
  const words = wordsOf(kind, locale);
  const subject = headerText(words.subject(data));
  const link = data['link'];
  const lines: ReactNode[] = [GREETING[localeOf(locale)](name === null ? null : headerText(name, 80)), ...words.lines(data)];
  const page = h(
    'html',
    { lang: localeOf(locale) },
    h('head', null, h('meta', { charSet: 'utf-8' }), h('title', null, subject)),
    h(
      'body',
      { style: PAGE },
      h(
        'div',
        { style: CARD },
        ...lines.map((line, index) => h('p', { key: index, style: LINE }, line)),
        words.action !== undefined && link !== undefined && isLink(link)
          ? h('p', { key: 'action', style: LINE }, h('a', { href: link, style: BUTTON }, words.action))
          : null,
        h('p', { key: 'from', style: { ...LINE, color: '#67707e', fontSize: '13px' } }, from),
      ),
    ),
  );
  const { render } = await import('@react-email/render');
  return { subject, html: await render(page), text: await render(page, { plainText: true }) };
}

/** Of ours; nothing else becomes something to click on. */
const isLink = (text: string): boolean => /^https?:\/\/[^\s"<>]+$/.test(text);
