/** What is the same for everybody while the process runs: made once, at the first question, and compressed once. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, RequestHandler } from 'express';

interface Held {
  readonly plain: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
  readonly tag: string;
}

/** Answers with `make()`'s text; 304 to who has it already. */
export function documentHandler(type: string, make: () => string): RequestHandler {
  let held: Promise<Held> | undefined;
  return async (request, response) => {
    const { tag, ...forms } = await (held ??= hold(make()));
    response.setHeader('etag', tag);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('vary', 'accept-encoding');
    response.setHeader('content-type', type);
    if (has(request, tag)) return void response.status(304).end();
    const form = formFor(request);
    if (form !== 'plain') response.setHeader('content-encoding', form);
    response.setHeader('content-length', forms[form].length);
    response.end(request.method === 'HEAD' ? undefined : forms[form]);
  };
}

async function hold(text: string): Promise<Held> {
  const plain = Buffer.from(text);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(plain, { params }), promisify(gzip)(plain)]);
  return { plain, br, gzip: zipped, tag: `"${createHash('sha256').update(plain).digest('base64url')}"` };
}

function has(request: Request, tag: string): boolean {
  const asked = request.get('if-none-match') ?? '';
  return asked.split(',').some((each) => each.trim().replace(/^W\//, '') === tag || each.trim() === '*');
}

function formFor(request: Request): 'plain' | 'br' | 'gzip' {
  const accepted = request.acceptsEncodings(['br', 'gzip', 'identity']);
  return accepted === 'br' || accepted === 'gzip' ? accepted : 'plain';
}
