/** The service's own log: lines of JSON on standard output. */
import { type Logger, pino } from 'pino';

/** Never in a log. */
const SECRETS = ['*.authorization', '*.api_key', '*.root_pass', '*.password', '*.credential', '*.secret'];

/** What waits for a full disk or a slow reader; lines beyond it are dropped. Bytes. */
const MOST_WAITING = 4 * 1024 * 1024;

/**
 * Opens the log.
 * A log that cannot be written, as on a full disk, ends nothing: its lines wait and are written with the next one that can be.
 */
export function openLog(level: string): Logger {
  const out = pino.destination({ fd: 1, maxLength: MOST_WAITING });
  // pino hands on every error but the first broken pipe, and one that nobody hears would end the process.
  out.on('error', () => undefined);
  return pino({ level, redact: SECRETS }, out);
}
