/** Who takes our mails: the server of PLINTH_SMTP_URL, or in development one of our own that keeps them for the mailbox page. */
import { createTransport } from 'nodemailer';
import type { Services } from '../../kernel/services.ts';
import { catchMails } from './catcher.ts';

export interface OutgoingMail {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
  readonly messageId: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export interface MailServer {
  send(mail: OutgoingMail): Promise<void>;
  close(): Promise<void>;
}

/** null in production without a mail server: mails wait. */
export async function openMailServer(services: Services): Promise<MailServer | null> {
  const { mode, mail } = services.config;
  const catcher = mail.smtpUrl === undefined && mode === 'development' ? await catchMails(services) : null;
  const url = mail.smtpUrl ?? catcher?.url;
  if (url === undefined) return null;
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(catcher ? { ignoreTLS: true } : {}),
  });
  return {
    send: async (mail) => {
      // Objects only: a text would be read as a list of addresses.
      await transport.sendMail({ ...mail, headers: { 'Auto-Submitted': 'auto-generated' } });
    },
    close: async () => {
      transport.close();
      await catcher?.close();
    },
  };
}
