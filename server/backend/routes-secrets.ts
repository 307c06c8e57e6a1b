/** Encryption and decryption of stack secrets for the CLI. Keys never leave the server. */
import type { Router } from 'express';
import { z } from 'zod';
import type { StackRow } from './rows.ts';
import { refusal, type StatePrincipal } from './access.ts';
import { decryptSecret, encryptSecret, standIn } from './keys.ts';
import { Base64, bodyOf, route, SECRETS, SMALL, StateError } from './protocol.ts';
import type { StateContext } from './context.ts';

const MAX_CACHED_KEYS = 2_000;
const Plaintext = z.object({ plaintext: Base64 });
const Ciphertext = z.object({ ciphertext: Base64 });
const Plaintexts = z.object({ plaintexts: z.array(Base64).max(10_000) });
const Ciphertexts = z.object({ ciphertexts: z.array(Base64).max(10_000) });
const Shown = z.object({ secretName: z.string().max(1_000).nullish(), commandName: z.string().max(1_000).nullish() }).default({});

export function secretRoutes(router: Router, context: StateContext): void {
  const keyOf = keyCache(context);
  const base = '/api/stacks/:org/:project/:stack';
  router.post(
    `${base}/encrypt`,
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'preview');
      const { plaintext } = await bodyOf(request, Plaintext, SECRETS);
      response.json({ ciphertext: encryptSecret(keyOf(stack), stack.id, Buffer.from(plaintext, 'base64')).toString('base64') });
    }),
  );
  router.post(
    `${base}/batch-encrypt`,
    route(async (request, response) => {
      const { stack } = await context.stackFor(request, 'preview');
      const { plaintexts } = await bodyOf(request, Plaintexts, SECRETS);
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
      const { ciphertext } = await bodyOf(request, Ciphertext, SECRETS);
      const plaintext = open(keyOf(stack), stack, ciphertext);
      response.json({ plaintext: (await shown(context, keyOf(stack), stack, principal, [plaintext]))[0]!.toString('base64') });
    }),
  );
  router.post(
    `${base}/batch-decrypt`,
    route(async (request, response) => {
      const { stack, principal } = await context.stackFor(request, 'preview');
      const { ciphertexts } = await bodyOf(request, Ciphertexts, SECRETS);
      const key = keyOf(stack);
      const opened = ciphertexts.map((text) => open(key, stack, text));
      const plaintexts = await shown(context, key, stack, principal, opened);
      response.json({ plaintexts: Object.fromEntries(ciphertexts.map((text, index) => [text, plaintexts[index]!.toString('base64')])) });
    }),
  );
  // The CLI tells here that a person asked to see secrets (--show-secrets).
  for (const call of ['decrypt/log-decryption', 'decrypt/log-batch-decryption']) {
    router.post(
      `${base}/${call}`,
      route(async (request, response) => {
        const { stack, principal } = await context.stackFor(request, 'see-secrets');
        const { secretName, commandName } = await bodyOf(request, Shown, SMALL);
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

function open(key: Buffer, stack: StackRow, ciphertext: string): Buffer {
  try {
    return decryptSecret(key, stack.id, Buffer.from(ciphertext, 'base64'));
  } catch {
    throw new StateError(400, 'A secret could not be decrypted: it is damaged or was encrypted for another stack.');
  }
}

/** What the principal gets of opened secrets. A person's reading leaves its trace before the answer; a worker's needs none. */
async function shown(
  { hooks }: StateContext,
  key: Buffer,
  stack: StackRow,
  principal: StatePrincipal,
  plaintexts: readonly Buffer[],
): Promise<readonly Buffer[]> {
  if (refusal(principal, 'see-secrets', stack.name)) return plaintexts.map((plaintext) => standIn(key, plaintext));
  if (!principal.operationOn) await hooks.decrypted(principal, stack, plaintexts);
  return plaintexts;
}
