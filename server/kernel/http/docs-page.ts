/**
 * The reference at /api/docs: Swagger UI over the very document that /api/openapi.json is. Its files come from the package, through
 * this server: nothing foreign is loaded, and what it calls is this server only.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type RequestHandler, Router } from 'express';
import { documentHandler } from './document.ts';

const { resolve } = createRequire(import.meta.url);
/** Scripts and styles by address; its icons are data: URLs in the styles. Styles of single elements are set by its scripts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Plinth API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><main id="docs"></main><noscript>This page needs scripts. <a href="/api/openapi.json">openapi.json</a> has all of it.</noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body></html>`;

/** `validatorUrl` null: it would ask a server of others what they think of the document. A token is kept while the page is open. */
const START = `SwaggerUIBundle({
  url: '/api/openapi.json', dom_id: '#docs', deepLinking: true, docExpansion: 'none', filter: true, validatorUrl: null,
  defaultModelsExpandDepth: -1, displayRequestDuration: true, persistAuthorization: false,
});`;

export function docsPage(): Router {
  const router = Router({ strict: true });
  const page = documentHandler('text/html; charset=utf-8', () => PAGE);
  const framed: RequestHandler = (request, response, next) => {
    response.setHeader('content-security-policy', POLICY);
    return page(request, response, next);
  };
  router.get('/api/docs', framed);
  const file = (name: string, type: string, make: () => string): unknown => router.get(`/api/docs/${name}`, documentHandler(type, make));
  const packed = (name: string) => (): string => readFileSync(resolve(`swagger-ui-dist/${name}`), 'utf8');
  file('swagger-ui.css', 'text/css; charset=utf-8', packed('swagger-ui.css'));
  file('swagger-ui-bundle.js', 'text/javascript; charset=utf-8', packed('swagger-ui-bundle.js'));
  file('start.js', 'text/javascript; charset=utf-8', () => START);
  return router;
}
