/**
 * Idempotency-Key on every mutation: the first request with a key runs, every later one with the same body gets its
 * stored answer, also while the first is still running (it waits a little, then answers 409). Another body is refused.
 * Failed requests give the key back: they changed nothing.
 */
import { sealed } from '../sealed.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { timeIn } from '../clock.ts';
import { Refusal } from '../problem.ts';
import { fingerprint } from '../fingerprint.ts';
import type { SecretBox } from '../secrets.ts';
import type { Db } from '../database.ts';
import { completeKey, readKey, releaseKey, reserveKey } from './idempotency-store.ts';
import type { Answer, STREAMED } from './route.ts';

const WAIT_MS = 10_000;
const ABANDONED_MS = 60_000;
const FORM = /^[\x21-\x7e]{1,255}$/;

export interface IdempotentRequest {
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export type Settle = (tx: Db, status: number, body: unknown) => Promise<void>;

/** Stored answers are sealed: some hold a password or a token that is shown once. */
export async function runOnce(
  db: Db,
  secrets: SecretBox,
  request: IdempotentRequest,
  work: (settle: Settle) => Promise<Answer | typeof STREAMED>,
): Promise<{ answer: Answer | typeof STREAMED; replayed: boolean }> {
  const { scope, key } = request;
  if (!FORM.test(key))
    throw new Refusal(
      400,
      'invalid_idempotency_key',
      'Idempotency-Key must have 1 to 255 printable ASCII characters. A UUID is a good choice.',
      [{ field: 'Idempotency-Key', rule: 'must have 1 to 255 printable ASCII characters', remedy: 'Send a UUID.' }],
    );
  const hash = fingerprint([request.method, request.path, request.body]);
  const deadline = performance.now() + WAIT_MS;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    if (await reserveKey(db, scope, key, hash, timeIn(-ABANDONED_MS)))
      return { answer: await own(db, secrets, scope, key, work), replayed: false };
    const stored = await readKey(db, scope, key);
    if (stored && stored.requestHash !== hash)
      throw new Refusal(
        409,
        'idempotency_key_reused',
        'This Idempotency-Key was used for a different request. Use a new key for a new request.',
        [{ field: 'Idempotency-Key', rule: 'was used for a different request', remedy: 'Use a new key for a new request.' }],
      );
    if (stored?.state === 'done') {
      const body: unknown = JSON.parse(RESPONSE.open(secrets, idOf(scope, key), String(stored.response)));
      return { answer: { status: stored.status ?? 200, body }, replayed: true };
    }
    if (performance.now() > deadline)
      throw new Refusal(
        409,
        'idempotency_in_flight',
        'The first request with this Idempotency-Key is still running. Ask again in a few seconds.',
        [],
        {
          'retry-after': '2',
        },
      );
    await delay(pause);
  }
}

async function own(db: Db, secrets: SecretBox, scope: string, key: string, work: (settle: Settle) => Promise<Answer | typeof STREAMED>) {
  let settled = false;
  const settle: Settle = async (tx, status, body) => {
    await completeKey(tx, scope, key, status, RESPONSE.seal(secrets, idOf(scope, key), JSON.stringify(body ?? null)));
    settled = true;
  };
  try {
    const answer = await work(settle);
    if (!settled && typeof answer === 'object')
      await completeKey(db, scope, key, answer.status, RESPONSE.seal(secrets, idOf(scope, key), JSON.stringify(answer.body ?? null)));
    return answer;
  } catch (error) {
    await releaseKey(db, scope, key);
    throw error;
  }
}

const RESPONSE = sealed('idempotency_key', 'response');
const idOf = (scope: string, key: string): string => `${scope}/${key}`;
