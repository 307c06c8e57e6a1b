/** Tells failures of the database's own from failures of what was asked of it. */
import { Prisma } from '../../../prisma/generated/client.ts';

/** `unreachable`: nobody answers, or not as a server that works; `busy`: it answers, but not in time; `full`: its disk is. */
export type DatabaseTrouble = 'unreachable' | 'busy' | 'full';

/** Source: https://www.postgresql.org/docs/current/errcodes-appendix.html; class 08 is any failure of the connection. */
const UNREACHABLE_STATES: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '53300']);
/** Lock not available; statement, or pause in a transaction, ended by its timeout. */
const BUSY_STATES: ReadonlySet<string> = new Set(['55P03', '57014', '25P03']);
/** disk_full, as the server says it when it cannot extend a file. */
const FULL_STATE = '53100';
/** Source: https://www.prisma.io/docs/orm/reference/error-reference. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2037']);
/** No free connection in time; a transaction that could not be started or went on too long. */
const BUSY_CODES: ReadonlySet<string> = new Set(['P2024', 'P2028']);
const SOCKET_CODES: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
/** What `pg` says without a code. */
const UNREACHABLE_WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout expired|the database has not answered|Server has closed the connection|Can't reach database server)/;

/** Null for every other failure. Errors of calls to providers are wrapped and never look like these. */
export function databaseTrouble(error: unknown): DatabaseTrouble | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof Prisma.PrismaClientInitializationError) return 'unreachable';
  const { code, syscall, meta } = error as { code?: unknown; syscall?: unknown; meta?: { driverAdapterError?: unknown } };
  if (typeof code === 'string') {
    if (UNREACHABLE_CODES.has(code) || UNREACHABLE_STATES.has(code) || code.startsWith('08')) return 'unreachable';
    if (code === FULL_STATE) return 'full';
    if (BUSY_CODES.has(code) || BUSY_STATES.has(code)) return 'busy';
    if (SOCKET_CODES.has(code) && typeof syscall === 'string') return 'unreachable';
  }
  if (UNREACHABLE_WORDS.test(error.message)) return 'unreachable';
  // No free place in the pool, or no answer to a new connection: which of them is not told.
  if (error.message.startsWith('timeout exceeded when trying to connect')) return 'busy';
  return databaseTrouble(meta?.driverAdapterError) ?? causeTrouble(error.cause);
}

/** The adapter keeps the server's code in a cause that is no Error. */
function causeTrouble(cause: unknown): DatabaseTrouble | null {
  if (cause instanceof Error) return databaseTrouble(cause);
  const { originalCode, kind } = (cause ?? {}) as { originalCode?: unknown; kind?: unknown };
  if (kind === 'DatabaseNotReachable' || kind === 'ConnectionClosed' || kind === 'SocketTimeout') return 'unreachable';
  if (typeof originalCode !== 'string') return null;
  if (originalCode === FULL_STATE) return 'full';
  if (BUSY_STATES.has(originalCode)) return 'busy';
  return UNREACHABLE_STATES.has(originalCode) || originalCode.startsWith('08') ? 'unreachable' : null;
}
