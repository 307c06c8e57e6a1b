/**
 * Reads the JSON body of a request within limits, once the caller is known to be allowed what it asks. The text is looked
 * at while it arrives (json-scan.ts); nothing of a body that breaks a limit is parsed.
 */
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { type JsonExcess, type JsonLimits, JsonScan } from './json-scan.ts';
import { Refusal } from '../problem.ts';

export interface BodyLimits extends JsonLimits {
  /** Takes gzip too: only where the command line compresses what it sends. */
  readonly gzip?: true;
}

/** Text that was compressed more than this is no state of any stack; small texts may be. */
const MAX_RATIO = 100;
const RATIO_FROM_BYTES = 1024 * 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The parsed body; undefined when the request has none. It must be an object or a list.
 * @throws Refusal 400, 413 or 415 that names the rule; the rest of a refused body is thrown away as it arrives
 */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  try {
    const encoding = encodingOf(request, limits);
    const pieces = await collect(request, encoding, limits);
    return pieces.length === 0 ? undefined : parse(Buffer.concat(pieces));
  } finally {
    // Else the connection, which the answer takes too, would wait for somebody to read the rest.
    request.resume();
  }
}

function encodingOf({ headers }: IncomingMessage, limits: BodyLimits): 'identity' | 'gzip' {
  if (Number(headers['content-length'] ?? 0) > limits.bytes) throw excess('bytes', limits);
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset)) throw unsupported('Content-Type');
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || (encoding === 'gzip' && limits.gzip)) return encoding;
  throw unsupported('Content-Encoding');
}

async function collect(request: IncomingMessage, encoding: 'identity' | 'gzip', limits: BodyLimits): Promise<Buffer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const scan = new JsonScan(limits);
  const pieces: Buffer[] = [];
  let received = 0;
  const count = (piece: Buffer): void => void (received += piece.length);
  const take = (piece: Buffer): void => {
    const broken = scan.push(piece);
    if (broken) reject(excess(broken, limits));
    else if (encoding === 'gzip' && scan.bytes > RATIO_FROM_BYTES && scan.bytes > MAX_RATIO * received) reject(bomb());
    else pieces.push(piece);
  };
  const broken = (): void => reject(new Refusal(400, 'malformed_request', 'The body could not be read. Send it again.'));
  const gunzip = encoding === 'gzip' ? createGunzip({ chunkSize: 64 * 1024 }) : null;
  const source = gunzip ?? request;
  source.on('data', take).once('end', resolve).on('error', broken);
  request.on('error', broken).once('aborted', broken);
  if (gunzip) request.on('data', count).pipe(gunzip);
  try {
    await promise;
    return pieces;
  } finally {
    source.off('data', take);
    request.off('data', count);
    if (gunzip) request.unpipe(gunzip);
    gunzip?.destroy();
  }
}

function parse(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, without the text.
  }
  throw refused(400, 'malformed_json', 'is not a valid JSON object in UTF-8', 'Check its quotes and commas.');
}

function excess(broken: JsonExcess, limits: BodyLimits): Refusal {
  if (broken === 'bytes') return refused(413, 'body_too_large', `is larger than ${sizeText(limits.bytes)}`, 'Send less.');
  if (broken === 'depth')
    return refused(400, 'body_too_deep', `nests deeper than ${limits.depth} objects and lists`, 'Send a flatter value.');
  return refused(400, 'body_too_many_members', `has more than ${limits.members} fields and items`, 'Send fewer at once.');
}

function bomb(): Refusal {
  return refused(413, 'body_too_large', `is more than ${MAX_RATIO} times larger than its compressed form`, 'Send it uncompressed.');
}

function unsupported(field: 'Content-Encoding' | 'Content-Type'): Refusal {
  const remedy = 'Send the body as plain UTF-8 JSON.';
  return new Refusal(415, 'unsupported_encoding', remedy, [{ field, rule: 'is not supported', remedy }]);
}

function refused(status: number, code: string, rule: string, remedy: string): Refusal {
  return new Refusal(status, code, `The body ${rule}. ${remedy}`, [{ field: 'body', rule, remedy }]);
}

function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes / 1024} KiB`;
}
