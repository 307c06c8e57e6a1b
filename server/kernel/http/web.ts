/**
 * Serves the built pages: the customers' portal at its addresses and where the links of mails lead, servers' consoles at theirs, the
 * staff's desk at all others. Their policy allows nothing inline and nothing foreign, but for styles at a console; files with a hash
 * in their name never change, so they are kept for a year; every other address that a browser opens gets its audience's page, which
 * routes itself.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router, static as serveFiles } from 'express';

const DIST = fileURLToPath(new URL('../../../web/dist/', import.meta.url));
/** The customers' pages, and those of people who are not signed in yet. */
const PORTAL = /^\/(?:portal|sign-up|verify|reset|invitation)(?:\/|$)/;
const FOREVER = 'public, max-age=31536000, immutable';
/** The page of one server's console. */
const CONSOLE = /^\/console\/[a-z0-9]+$/;
const policyOf = (styles: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${styles}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
const POLICY = policyOf("'self'");
/** A terminal makes rules of its own for its colours and its size. */
const CONSOLE_POLICY = policyOf("'self' 'unsafe-inline'");

/** `root` is the build's folder; without a build every request goes on to the API's own 404. */
export function webRouter(root: string = DIST): Router {
  const router = Router();
  router.use('/assets', compressed(root));
  router.use(
    '/assets',
    serveFiles(`${root}/assets`, {
      index: false,
      redirect: false,
      setHeaders: (response) => void response.setHeader('cache-control', FOREVER),
    }),
  );
  router.get(/^\/(?!api\/|assets\/)/, page(root));
  return router;
}

/** The build left a Brotli copy beside each text file; a browser that takes it gets that one. */
function compressed(root: string): RequestHandler {
  const types: Readonly<Record<string, string>> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
  return (request, response, next) => {
    const name = /^\/([\w.-]+\.(js|css))$/.exec(request.path);
    const path = `assets/${name?.[1]}.br`;
    if (!name || !request.acceptsEncodings('br') || !existsSync(`${root}/${path}`)) return next();
    response.setHeader('content-type', types[name[2]!]!);
    response.setHeader('content-encoding', 'br');
    response.setHeader('vary', 'accept-encoding');
    response.setHeader('cache-control', FOREVER);
    response.sendFile(path, { root, cacheControl: false });
  };
}

function page(root: string): RequestHandler {
  const files = serveFiles(root, { index: false, redirect: false, dotfiles: 'ignore' });
  return (request, response, next) => {
    if (!existsSync(`${root}/index.html`)) return next();
    const isConsole = CONSOLE.test(request.path);
    response.setHeader('content-security-policy', isConsole ? CONSOLE_POLICY : POLICY);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()');
    response.setHeader('cache-control', 'no-cache');
    files(request, response, (error?: unknown) => {
      if (error) return next(error);
      // At the root, who takes anything means the page; elsewhere a program that mistyped a route gets the API's own 404.
      const wanted = request.accepts(request.path === '/' ? ['html', 'json'] : ['json', 'html']);
      if (wanted !== 'html') return next();
      response.sendFile(isConsole ? 'console.html' : PORTAL.test(request.path) ? 'portal.html' : 'index.html', {
        root,
        cacheControl: false,
      });
    });
  };
}
