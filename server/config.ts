/**
 * Plinth's settings, all from the environment, checked once at start. Every mistake is reported at once, each in a line
 * that names the variable, the rule and the remedy. `.env.example` documents the same list; a test compares them.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off'])
    .transform((value) => ['true', '1', 'on'].includes(value))
    .default(fallback);
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const key = z
  .string()
  .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64; make one with: openssl rand -base64 32');

const Environment = z.object({
  PLINTH_MODE: z.enum(['development', 'production']).default('development'),
  PLINTH_ROLE: z.enum(['all', 'http', 'worker']).default('all'),
  PLINTH_DATA_DIR: z.string().min(1).default('.plinth'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
  PORT: port(4000),
  PLINTH_HOST: z.string().min(1).default('127.0.0.1'),
  PLINTH_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  PLINTH_TRUST_PROXY: flag(false),
  PLINTH_MASTER_KEY: key.optional(),
  PLINTH_MASTER_KEY_PREVIOUS: key.optional(),
  PLINTH_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(128)
    .default(2 * availableParallelism()),
  PLINTH_OPERATIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(8 * availableParallelism()),
  PLINTH_ACCOUNT_CONCURRENCY: z.coerce.number().int().min(1).max(1000).default(10),
  PLINTH_HEARTBEAT_SECONDS: z.coerce.number().min(0.1).max(60).default(2),
  PLINTH_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).optional(),
  PLINTH_DRAIN_SECONDS: z.coerce.number().int().min(1).max(3600).default(60),
  PLINTH_DRIFT_SECONDS: z.coerce.number().int().min(0).max(604_800).default(900),
  PLINTH_CATALOG_TTL_SECONDS: z.coerce.number().int().min(0).max(86_400).default(900),
  PLINTH_TERMINATION_GRACE_HOURS: z.coerce
    .number()
    .min(0)
    .max(24 * 90)
    .default(0),
  PLINTH_DESTROY_TIMEOUT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(1_800),
  PLINTH_PROVIDER_TIMEOUT_SECONDS: z.coerce.number().min(0.5).max(300).default(30),
  PLINTH_PROVIDER_WAIT_SECONDS: z.coerce.number().min(5).max(86_400).default(3_600),
  PLINTH_STATE_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  PLINTH_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -hex 24').optional(),
  SIMULATOR: flag(true),
  SIMULATOR_PORT: port(4010),
  SIMULATOR_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  SIMULATOR_SPEED: z.coerce.number().gt(0).max(100_000).default(10),
});

/** Settings of the toolchain and of the command line, which work without a server. */
export const READ_ELSEWHERE: readonly string[] = [
  'PLINTH_CACHE_DIR',
  'PLINTH_PULUMI_BIN',
  'PLINTH_REFERENCE_DIR',
  'PLINTH_TOKEN',
  'PLINTH_URL',
];
export const CONFIG_VARIABLES = Object.keys(Environment.shape);

export interface Config {
  readonly mode: 'development' | 'production';
  readonly role: 'all' | 'http' | 'worker';
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL of the data directory. */
  readonly databaseUrl?: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly trustProxy: boolean;
  /** Base64 of 32 bytes; undefined: the data directory's own. */
  readonly masterKey?: string;
  readonly previousMasterKey?: string;
  /** Engine processes of this worker that compute at once; those that only wait for a cloud are not counted. */
  readonly concurrency: number;
  /** Operations run at once by this worker, waiting ones included. */
  readonly operations: number;
  /** Operations run at once on one provider account, by all workers together. */
  readonly accountConcurrency: number;
  /** A worker tells this often that it lives; silent for ten times as long, it is presumed dead. */
  readonly heartbeatMs: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly drainMs: number;
  /** Between two drift sweeps; 0 = on request only. */
  readonly driftMs: number;
  readonly catalogTtlMs: number;
  /** Updates of stacks older than this are forgotten, apart from the versions that are kept. */
  readonly stateRetentionMs: number;
  /** Undefined: /metrics answers this machine only. */
  readonly metricsToken?: string;
  /** How long a termination can be undone when a request does not say. */
  readonly terminationGraceHours: number;
  /** One attempt to destroy is cut off after this; what is left then is a leak. */
  readonly destroyTimeoutMs: number;
  /** For the answer to a call, and at most for what a provider has under way. */
  readonly patience: { readonly callMs: number; readonly longestWaitMs: number };
  readonly simulator: {
    readonly enabled: boolean;
    readonly port: number;
    readonly speed: number;
    /** One that runs elsewhere; none is started here. */ readonly url?: string;
  };
}

export class ConfigError extends Error {
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(
      `Plinth's settings have ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/**
 * Reads the settings.
 * @throws ConfigError with every mistake at once.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, root: string = process.cwd()): Config {
  // An empty variable means "not set": that is what a copied .env.example contains.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  const mistakes = [...unknownNames(given), ...(parsed.success ? [] : parsed.error.issues.map(sentence))];
  mistakes.push(...productionMistakes(given));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError([...new Set(mistakes)]);
  const value = parsed.data;
  const production = value.PLINTH_MODE === 'production';
  return {
    mode: value.PLINTH_MODE,
    role: value.PLINTH_ROLE,
    dataDir: resolve(root, value.PLINTH_DATA_DIR),
    ...(value.DATABASE_URL === undefined ? {} : { databaseUrl: value.DATABASE_URL }),
    host: value.PLINTH_HOST,
    port: value.PORT,
    ...(value.PLINTH_PUBLIC_URL === undefined ? {} : { publicUrl: value.PLINTH_PUBLIC_URL }),
    trustProxy: value.PLINTH_TRUST_PROXY,
    ...(value.PLINTH_MASTER_KEY === undefined ? {} : { masterKey: value.PLINTH_MASTER_KEY }),
    ...(value.PLINTH_MASTER_KEY_PREVIOUS === undefined ? {} : { previousMasterKey: value.PLINTH_MASTER_KEY_PREVIOUS }),
    concurrency: value.PLINTH_CONCURRENCY,
    operations: value.PLINTH_OPERATIONS,
    accountConcurrency: value.PLINTH_ACCOUNT_CONCURRENCY,
    heartbeatMs: value.PLINTH_HEARTBEAT_SECONDS * 1000,
    logLevel: value.PLINTH_LOG_LEVEL ?? (production ? 'info' : 'warn'),
    drainMs: value.PLINTH_DRAIN_SECONDS * 1000,
    driftMs: value.PLINTH_DRIFT_SECONDS * 1000,
    catalogTtlMs: value.PLINTH_CATALOG_TTL_SECONDS * 1000,
    stateRetentionMs: value.PLINTH_STATE_RETENTION_DAYS * 86_400_000,
    ...(value.PLINTH_METRICS_TOKEN === undefined ? {} : { metricsToken: value.PLINTH_METRICS_TOKEN }),
    terminationGraceHours: value.PLINTH_TERMINATION_GRACE_HOURS,
    destroyTimeoutMs: value.PLINTH_DESTROY_TIMEOUT_SECONDS * 1000,
    patience: { callMs: value.PLINTH_PROVIDER_TIMEOUT_SECONDS * 1000, longestWaitMs: value.PLINTH_PROVIDER_WAIT_SECONDS * 1000 },
    simulator: {
      enabled: value.SIMULATOR && !production,
      port: value.SIMULATOR_PORT,
      speed: value.SIMULATOR_SPEED,
      ...(value.SIMULATOR_URL === undefined ? {} : { url: value.SIMULATOR_URL.replace(/\/+$/, '') }),
    },
  };
}

function unknownNames(given: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(given)
    .filter((name) => name.startsWith('PLINTH_') && !CONFIG_VARIABLES.includes(name) && !name.startsWith('PLINTH_TEST_'))
    .filter(
      (name) =>
        !['PLINTH_CACHE_DIR', 'PLINTH_REFERENCE_DIR', 'PLINTH_URL', 'PLINTH_TOKEN'].includes(name) && !name.startsWith('PLINTH_PULUMI'),
    )
    .map((name) => `${name}: is not a setting of Plinth. Remove it or correct its name; .env.example lists them all.`);
}

function sentence(issue: { path: PropertyKey[]; message: string }): string {
  // The value is not repeated: it may be a key or a URL with a password.
  return `${String(issue.path[0])}: ${issue.message}.`;
}

function productionMistakes(given: Readonly<Record<string, unknown>>): string[] {
  if (given.PLINTH_MODE !== 'production') return [];
  const mistakes: string[] = [];
  if (given.PLINTH_MASTER_KEY === undefined)
    mistakes.push('PLINTH_MASTER_KEY: production needs its own key. Make one with: openssl rand -base64 32, and keep a copy.');
  if (given.DATABASE_URL === undefined)
    mistakes.push('DATABASE_URL: production needs its own PostgreSQL. Set it to postgres://user:password@host:5432/plinth.');
  if (given.PLINTH_PUBLIC_URL === undefined)
    mistakes.push('PLINTH_PUBLIC_URL: production needs the address that people use, for example https://vps.example.com.');
  if (['true', '1', 'on'].includes(String(given.SIMULATOR ?? 'off')))
    mistakes.push('SIMULATOR: production refuses the simulator. Set SIMULATOR=off or PLINTH_MODE=development.');
  return mistakes;
}
