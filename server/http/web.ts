/**
 * Serves the built dashboard. Its policy allows nothing inline and nothing foreign; files with a hash in their name never
 * change, so they are kept for a year; every other address that a browser opens gets the one page, which routes itself.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router, static as serveFiles } from 'express';

const DIST = fileURLToPath(new URL('../../web/dist/', import.meta.url));
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** `root` is the build's folder; without a build every request goes on to the API's own 404. */
export function webRouter(root: string = DIST): Router {
  const router = Router();
  router.use(
    '/assets',
    serveFiles(`${root}/assets`, {
      index: false,
      redirect: false,
      setHeaders: (response) => void response.setHeader('cache-control', 'public, max-age=31536000, immutable'),
    }),
  );
  router.get(/^\/(?!api\/|assets\/)/, page(root));
  return router;
}

function page(root: string): RequestHandler {
  const files = serveFiles(root, { index: false, redirect: false, dotfiles: 'ignore' });
  return (request, response, next) => {
    if (!existsSync(`${root}/index.html`)) return next();
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    response.setHeader('cache-control', 'no-cache');
    files(request, response, (error?: unknown) => {
      if (error) return next(error);
      if (!request.accepts(['json', 'html']) || request.accepts(['json', 'html']) === 'json') return next();
      response.sendFile('index.html', { root, cacheControl: false });
    });
  };
}
