/** Encryption and decryption of stack secrets for the CLI. Keys never leave the server. */
import type { Router } from 'express';
import { z } from 'zod';
import type { StackRow } from '../store/state-rows.ts';
import { refusal, type StatePrincipal } from './access.ts';
import { decryptSecret, encryptSecret, standIn } from './keys.ts';
import { Base64, parse, route, StateError } from './protocol.ts';
import type { StateContext } from './context.ts';

const MAX_CACHED_KEYS = 2_000;
const Plaintext = z.object({ plaintext: Base64 });
const Ciphertext = z.object({ ciphertext: Base64 });
const Plaintexts = z.object({ plaintexts: z.array(Base64).max(10_000) });
const Ciphertexts = z.object({ ciphertexts: z.array(Base64).max(10_000) });

export function secretRoutes(router: Router, context: StateContext): void {
  const keyOf = keyCache(context);
  const base = '/api/stacks/:org/:project/:stack';
  router.post(
    `${base}/encrypt`,
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'preview');
      const { plaintext } = parse(Plaintext, request.body);
      response.json({ ciphertext: encryptSecret(keyOf(stack), stack.id, Buffer.from(plaintext, 'base64')).toString('base64') });
    }),
  );
  router.post(
    `${base}/batch-encrypt`,
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'preview');
      const { plaintexts } = parse(Plaintexts, request.body);
      const key = keyOf(stack);
      response.json({
        ciphertexts: plaintexts.map((text) => encryptSecret(key, stack.id, Buffer.from(text, 'base64')).toString('base64')),
      });
    }),
  );
  router.post(
    `${base}/decrypt`,
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'preview');
      const { ciphertext } = parse(Ciphertext, request.body);
      response.json({ plaintext: open(keyOf(stack), stack, principal, ciphertext).toString('base64') });
    }),
  );
  router.post(
    `${base}/batch-decrypt`,
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'preview');
      const { ciphertexts } = parse(Ciphertexts, request.body);
      const key = keyOf(stack);
      const plaintexts = Object.fromEntries(ciphertexts.map((text) => [text, open(key, stack, principal, text).toString('base64')]));
      if (!principal.operationOn) await context.hooks.audit(principal, 'state.secrets.decrypted', stack, { count: ciphertexts.length });
      response.json({ plaintexts });
    }),
  );
  // The CLI tells here that a person asked to see secrets (--show-secrets).
  for (const call of ['decrypt/log-decryption', 'decrypt/log-batch-decryption']) {
    router.post(
      `${base}/${call}`,
      route(async (request, response) => {
        const { stack, principal } = await context.stackFor(request, 'see-secrets');
        const { secretName, commandName } = (request.body ?? {}) as Record<string, unknown>;
        await context.hooks.audit(principal, 'state.secrets.shown', stack, { secretName, commandName });
        response.status(204).end();
      }),
    );
  }
}

/** Unwrapping costs a key derivation; one operation asks a dozen times. */
function keyCache(context: StateContext): (stack: StackRow) => Buffer {
  const cache = new Map<string, Buffer>();
  return (stack) => {
    const known = cache.get(stack.dataKey);
    if (known) return known;
    const key = context.keys.unwrap(stack.dataKey, stack.id);
    if (cache.size >= MAX_CACHED_KEYS) cache.delete(cache.keys().next().value!);
    cache.set(stack.dataKey, key);
    return key;
  };
}

function open(key: Buffer, stack: StackRow, principal: StatePrincipal, ciphertext: string): Buffer {
  let plaintext: Buffer;
  try {
    plaintext = decryptSecret(key, stack.id, Buffer.from(ciphertext, 'base64'));
  } catch {
    throw new StateError(400, 'A secret could not be decrypted: it is damaged or was encrypted for another stack.');
  }
  return refusal(principal, 'see-secrets', stack.name) ? standIn(key, plaintext) : plaintext;
}
