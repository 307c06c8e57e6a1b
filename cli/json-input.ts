/** A JSON document from standard input, for what has more to say than options hold. */
import { usage } from './errors.ts';
import type { Io } from './io.ts';

/** @throws CliError that shows how to send one */
export async function readJson(io: Io, example: string): Promise<unknown> {
  const how = `Send a JSON document on standard input: ${example}`;
  if (io.stdin.isTTY) throw usage(how);
  let text = '';
  for await (const chunk of io.stdin) text += String(chunk);
  try {
    return JSON.parse(text);
  } catch {
    throw usage(`What came on standard input is no JSON. ${how}`);
  }
}
