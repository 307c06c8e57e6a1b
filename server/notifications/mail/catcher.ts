/** A mail server for development: on this machine only, it keeps what it gets, sealed, for the mailbox page. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Services } from '../../kernel/services.ts';
import { insertCaught, type MailboxMail } from './outbox-store.ts';

const LARGEST = 2 * 1024 * 1024;
const placeOf = (id: string) => ({ table: 'mailbox_mail', column: 'source', id });

export async function catchMails({ db, secrets, log }: Services): Promise<{ url: string; close: () => Promise<void> }> {
  const { SMTPServer } = await import('smtp-server');
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST,
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const id = randomUUID();
        // Bytes as they came, in a form that text columns take.
        const source = secrets.seal(placeOf(id), Buffer.concat(chunks).toString('base64'));
        insertCaught(db, { id, source }).then(() => callback(), callback);
      });
    },
  });
  server.on('error', (error) => log.warn({ err: error }, 'the mailbox'));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(() => done())) };
}

export interface CaughtMail {
  readonly id: string;
  readonly receivedAt: Date;
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A mail never changes, and whoever waits for one reads all again and again. */
const KEPT = 200;
const read = new Map<string, Promise<CaughtMail>>();

export async function readCaught(services: Services, mail: MailboxMail): Promise<CaughtMail> {
  const known = read.get(mail.id);
  if (known) return await known;
  const now = parse(services, mail);
  read.set(mail.id, now);
  now.catch(() => read.delete(mail.id));
  if (read.size > KEPT) read.delete(read.keys().next().value!);
  return await now;
}

async function parse({ secrets }: Services, { id, source, receivedAt }: MailboxMail): Promise<CaughtMail> {
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(Buffer.from(secrets.open(placeOf(id), source), 'base64'), { skipImageLinks: true });
  const to = [mail.to ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address ?? ''));
  return {
    id,
    receivedAt,
    messageId: mail.messageId ?? '',
    from: mail.from?.text ?? '',
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    headers: mail.headerLines.map(({ key, line }) => ({ name: key, value: line.slice(line.indexOf(':') + 1).trim() })),
  };
}
