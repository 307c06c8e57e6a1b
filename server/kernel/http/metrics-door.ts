/** Who may read /metrics: whoever has the token; without one, programs on this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Refusal } from '../problem.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

export function metricsDoor(token: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (token === undefined) {
      // A proxy on this machine speaks for others.
      const forwarded = request.get('x-forwarded-for') ?? request.get('forwarded');
      if (forwarded === undefined && LOOPBACK.test(request.socket.remoteAddress ?? '')) return next();
      throw new Refusal(403, 'forbidden', '/metrics answers this machine only. Set PLINTH_METRICS_TOKEN to read it from elsewhere.');
    }
    const given = /^Bearer ([^\s]+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(given), digest(token))) return next();
    throw new Refusal(401, 'unauthenticated', 'Send the token that PLINTH_METRICS_TOKEN holds: Authorization: Bearer ….', [], {
      'www-authenticate': 'Bearer realm="plinth metrics"',
    });
  };
}

/** Equal lengths, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
