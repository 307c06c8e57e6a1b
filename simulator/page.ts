/** The page for people: static files beside this one, with a policy that allows nothing else. */
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
const FILES: Record<string, string> = { '/': 'index.html', '/page.js': 'page.js', '/page.css': 'page.css' };

export function pageRouter(): Router {
  const router = express.Router();
  const root = fileURLToPath(new URL('page/', import.meta.url));
  router.get(Object.keys(FILES), (request, response) => {
    response.set({ 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
    response.sendFile(FILES[request.path]!, { root });
  });
  return router;
}
