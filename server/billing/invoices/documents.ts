/** An invoice's or credit note's files. The hash of the first PDF is kept; a later one that differs is told to staff. */
import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { inTransaction } from '../../kernel/database.ts';
import { raiseAlert } from '../../kernel/kill-switches/store.ts';
import type { Services } from '../../kernel/services.ts';
import type { Document } from './document/document.ts';
import { renderPdf } from './document/pdf.ts';
import { renderXml } from './document/xml.ts';
import { keepPdfHash } from './store.ts';

/** A pro forma changes until it is issued, so nothing of it is kept. */
export async function sendPdf(
  services: Services,
  response: Response,
  document: Document,
  table: 'invoice' | 'credit_note',
  id: string,
): Promise<void> {
  const bytes = await renderPdf(document);
  if (document.number !== null) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const kept = await keepPdfHash(services.db, table, id, sha256);
    if (kept !== sha256) await tellChanged(services, document.number, table, id);
  }
  send(response, bytes, 'application/pdf', `${document.number ?? 'pro-forma'}.pdf`);
}

export function sendXml(response: Response, document: Document): void {
  send(response, Buffer.from(renderXml(document)), 'application/xml; charset=utf-8', `${document.number ?? 'pro-forma'}.xml`);
}

function send(response: Response, bytes: Buffer, type: string, name: string): void {
  response.status(200);
  response.setHeader('content-type', type);
  response.setHeader('content-length', bytes.length);
  response.setHeader('content-disposition', `attachment; filename="${name}"`);
  response.end(bytes);
}

async function tellChanged(services: Services, number: string, table: string, id: string): Promise<void> {
  await inTransaction(services.db, (tx) =>
    raiseAlert(tx, {
      kind: 'document-changed',
      target: `${table}:${id}`,
      message: `The PDF of ${number} is not the same to the byte as the one made first. Its rows have not changed; a library has. Keep the first one.`,
      data: { number },
    }),
  );
}
