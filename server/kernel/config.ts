/**
 * Plinth's settings, all from the environment, checked once at start. Every mistake is reported at once, each in a line
 * that names the variable, the rule and the remedy. `.env.example` documents the same list; a test compares them.
 */
import { downloads, keysOf } from './environment.ts';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import proxyAddress from 'proxy-addr';
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

/**
 * What mail programs, browsers and resolvers look for below a domain, and names that speak for its owner (RFC 2142). `*`
 * stands for a number, or none.
 */
export const RESERVED_NAMES: readonly string[] = [
  'www* mail* email webmail smtp* imap* pop* mx* mailer mta-sts autodiscover autoconfig ns* dns* wpad isatap',
  'localhost localdomain broadcasthost ftp vpn proxy gateway _dmarc _domainkey _acme-challenge _mta-sts _smtp',
  'dmarc dkim spf bimi admin administrator root postmaster hostmaster webmaster abuse noc security support',
  'billing login signin auth sso oauth account accounts my portal panel dashboard status api plinth',
].flatMap((line) => line.split(' '));

/** `on` is one proxy; a number is how many are in a row; else their addresses. */
const trustedProxies = z
  .string()
  .default('off')
  .transform((value, context): number | string[] => {
    if (['off', 'false', '0'].includes(value)) return 0;
    if (['on', 'true'].includes(value)) return 1;
    if (/^[1-9]$/.test(value)) return Number(value);
    const addresses = value.split(',').map((each) => each.trim());
    try {
      proxyAddress.compile(addresses);
      return addresses;
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'must be off, on, the number of proxies in a row, or their addresses, for example 10.0.0.0/8,127.0.0.1',
      });
      return z.NEVER;
    }
  });
/** Of a Linux user or service. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be small letters, digits and hyphens');
const limit = z.coerce.number().int().min(0).max(10_000_000).optional();

/** `host:port=address:port`, with commas between them. */
const connectMap = z
  .string()
  .regex(
    /^[^\s=,]+:\d{1,5}=[0-9.]+:\d{1,5}(,[^\s=,]+:\d{1,5}=[0-9.]+:\d{1,5})*$/,
    'must be host:port=address:port, with commas between several',
  )
  .transform((text) => new Map(text.split(',').map((entry) => entry.split('=') as [string, string])));

const Environment = z.object({
  PLINTH_CONNECT_MAP: connectMap.optional(),
  PLINTH_MODE: z.enum(['development', 'production']).default('development'),
  PLINTH_ROLE: z.enum(['all', 'http', 'worker']).default('all'),
  PLINTH_DATA_DIR: z.string().min(1).default('.plinth'),
  PLINTH_AUDIT_ANCHORS: z.string().min(1).optional(),
  PLINTH_AUDIT_MAIL: z.email({ error: 'must be one plain address, as in trail@example.com' }).optional(),
  PLINTH_USER: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of a user of this machine')
    .optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
  PORT: port(4000),
  PLINTH_HOST: z.string().min(1).default('127.0.0.1'),
  PLINTH_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  PLINTH_TRUST_PROXY: trustedProxies,
  PLINTH_LIMIT_ADDRESS: limit,
  PLINTH_LIMIT_TOKEN: limit,
  PLINTH_LIMIT_SIGN_INS: limit,
  PLINTH_STREAMS_PER_TOKEN: z.coerce.number().int().min(0).max(100_000).default(100),
  PLINTH_STREAMS: z.coerce.number().int().min(0).max(100_000).default(5_000),
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
    // What nobody thought about can be taken back; at once is asked for.
    .default(24),
  PLINTH_DESTROY_TIMEOUT_SECONDS: z.coerce.number().int().min(1).max(86_400).default(1_800),
  PLINTH_PROVIDER_TIMEOUT_SECONDS: z.coerce.number().min(0.5).max(300).default(30),
  PLINTH_PROVIDER_PAUSE_SECONDS: z.coerce.number().min(0.01).max(60).default(0.2),
  PLINTH_PROVIDER_WAIT_SECONDS: z.coerce.number().min(5).max(86_400).default(3_600),
  PLINTH_STATE_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  PLINTH_RESERVED_NAMES: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
    .refine((names) => names.every((name) => /^[a-z0-9_-]{1,62}\*?$/.test(name)), 'must be labels separated by commas, as in www,ns*')
    .default([...RESERVED_NAMES]),
  DEFAULT_ORGANIZATION: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,98}[A-Za-z0-9])?$/, 'must be the name of an organization, for example default')
    .default('default'),
  SVPS_SYNC_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -hex 24').optional(),
  SVPS_SYNC_SECONDS: z.coerce.number().int().min(0).max(86_400).default(120),
  SVPS_MARKUP_PERCENT: z.coerce.number().min(0).max(10_000).default(30),
  DEFAULT_VPS_PLAN: z.string().min(1).max(200).default('hostingercom-vps-kvm1-usd-1m'),
  DEFAULT_VPS_TEMPLATE: z.coerce.number().int().min(1).default(1007),
  DEFAULT_VPS_DATACENTER: z.coerce.number().int().min(1).default(9),
  DEFAULT_VPS_ZONE: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a zone, for example example.com')
    .optional(),
  CONDUCTOR_URL: z.url({ protocol: /^https$/, error: 'must be an https:// URL' }).optional(),
  CLI_URL: z.url({ protocol: /^https$/, error: 'must be an https:// URL' }).optional(),
  DEFAULT_VPS_APP: name.default('conductor'),
  DEFAULT_VPS_CLI: name.default('appctl'),
  DEFAULT_VPS_BANNER: z.string().max(500).default('Welcome to your server.'),
  PLINTH_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters; make one with: openssl rand -hex 24').optional(),
  PLINTH_SIGN_UP: z.enum(['open', 'invitation', 'closed']).optional(),
  PLINTH_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).optional(),
  PLINTH_OIDC_CLIENT_ID: z.string().min(1).max(200).optional(),
  PLINTH_OIDC_CLIENT_SECRET: z.string().min(1).max(1_000).optional(),
  PLINTH_OIDC_NAME: z.string().min(1).max(60).default('Single sign-on'),
  PLINTH_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  PLINTH_MAIL_FROM: z
    .string()
    .regex(/^([^<>"\r\n]{1,80} <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, 'must be an address, as in Plinth <noreply@example.com>')
    .default('Plinth <noreply@localhost>'),
  SIMULATOR: flag(true),
  SIMULATOR_PORT: port(4010),
  SIMULATOR_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  SIMULATOR_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
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
  /** File of the audit trail's anchors, where it is not in the data directory. */
  readonly auditAnchors?: string;
  /** Who is sent the anchors too: somebody whose mailbox the machine cannot reach. */
  readonly auditMail?: string;
  /** Whom a service started as root becomes; undefined: the user `plinth`, where there is one. */
  readonly user?: string;
  /** Undefined: the embedded PostgreSQL of the data directory. */
  readonly databaseUrl?: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  /** How many proxies of ours a request has passed, or which; what others write into its headers counts for nothing. */
  readonly trustProxy: number | readonly string[];
  /** Per minute, over all processes; 0 = no limit. */
  readonly limits: { readonly addressPerMinute: number; readonly tokenPerMinute: number; readonly signInsPerMinute: number };
  /** Open at once, in one process; 0 = no limit. */
  readonly streams: { readonly perToken: number; readonly perProcess: number };
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
  /** Labels that organizations cannot have directly below a zone; `*` at the end stands for a number. */
  readonly reservedNames: readonly string[];
  /** Whose servers those of callers are that may act for all and name none. */
  readonly defaultOrganization: string;
  /** Of exact packages: who may ask for a look at the provider without a token of Plinth's, and how often it looks by itself. */
  readonly packages: { readonly syncToken?: string; readonly everyMs: number; readonly markupPercent: number };
  /** Of a user's own server, where a request leaves them out: the provider's ids. */
  readonly ownServer: {
    readonly plan: string;
    readonly template: string;
    readonly dataCenter: string;
    /** Below which it gets its name; undefined: the DNS account's default. */
    readonly zone?: string;
    /** Where its application and the command-line tool are fetched from; undefined in production only. */
    readonly appUrl?: string;
    readonly cliUrl?: string;
    readonly appName: string;
    readonly cliName: string;
    readonly banner: string;
  };
  /** `<PROVIDER>_API_KEY` of the environment, by the provider's id: each makes an account where there is none. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** Undefined: /metrics answers this machine only. */
  readonly metricsToken?: string;
  /** How long a termination can be undone when a request does not say. */
  readonly terminationGraceHours: number;
  /** One attempt to destroy is cut off after this; what is left then is a leak. */
  readonly destroyTimeoutMs: number;
  /** For the answer to a call, and at most for what a provider has under way. */
  readonly patience: { readonly callMs: number; readonly longestWaitMs: number; readonly pauseMs: number };
  /** Who may make themselves a user: anybody, who was invited, nobody. */
  readonly signUp: 'open' | 'invitation' | 'closed';
  /** Where people may sign in from elsewhere. */
  readonly oidc?: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly name: string };
  /** Simulated machines: where calls to them go. Empty in production. */
  readonly connectMap: ReadonlyMap<string, string>;
  /** Undefined in development: mails are caught and shown in the mailbox. */
  readonly mail: { readonly smtpUrl?: string; readonly from: string };
  readonly simulator: {
    readonly enabled: boolean;
    readonly port: number;
    readonly speed: number;
    /** One that runs elsewhere; none is started here. */ readonly url?: string;
    /** For its control API, where another user or machine runs it. */ readonly token?: string;
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
  mistakes.push(...productionMistakes(given), ...oidcMistakes(given));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError([...new Set(mistakes)]);
  const value = parsed.data;
  const production = value.PLINTH_MODE === 'production';
  return {
    mode: value.PLINTH_MODE,
    connectMap: value.PLINTH_CONNECT_MAP ?? new Map(),
    role: value.PLINTH_ROLE,
    dataDir: resolve(root, value.PLINTH_DATA_DIR),
    ...anchorsOf(value, root),
    ...(value.PLINTH_USER === undefined ? {} : { user: value.PLINTH_USER }),
    ...(value.DATABASE_URL === undefined ? {} : { databaseUrl: value.DATABASE_URL }),
    host: value.PLINTH_HOST,
    port: value.PORT,
    ...(value.PLINTH_PUBLIC_URL === undefined ? {} : { publicUrl: value.PLINTH_PUBLIC_URL }),
    trustProxy: value.PLINTH_TRUST_PROXY,
    limits: {
      addressPerMinute: value.PLINTH_LIMIT_ADDRESS ?? (production ? 6_000 : 600_000),
      tokenPerMinute: value.PLINTH_LIMIT_TOKEN ?? (production ? 3_000 : 600_000),
      signInsPerMinute: value.PLINTH_LIMIT_SIGN_INS ?? (production ? 30 : 3_000),
    },
    streams: { perToken: value.PLINTH_STREAMS_PER_TOKEN, perProcess: value.PLINTH_STREAMS },
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
    reservedNames: value.PLINTH_RESERVED_NAMES,
    defaultOrganization: value.DEFAULT_ORGANIZATION,
    packages: {
      ...(value.SVPS_SYNC_TOKEN === undefined ? {} : { syncToken: value.SVPS_SYNC_TOKEN }),
      everyMs: value.SVPS_SYNC_SECONDS * 1000,
      markupPercent: value.SVPS_MARKUP_PERCENT,
    },
    ownServer: {
      plan: value.DEFAULT_VPS_PLAN,
      template: String(value.DEFAULT_VPS_TEMPLATE),
      dataCenter: String(value.DEFAULT_VPS_DATACENTER),
      ...(value.DEFAULT_VPS_ZONE === undefined ? {} : { zone: value.DEFAULT_VPS_ZONE }),
      ...downloads(value.CONDUCTOR_URL, value.CLI_URL, production),
      appName: value.DEFAULT_VPS_APP,
      cliName: value.DEFAULT_VPS_CLI,
      banner: value.DEFAULT_VPS_BANNER,
    },
    apiKeys: keysOf(given),
    ...(value.PLINTH_METRICS_TOKEN === undefined ? {} : { metricsToken: value.PLINTH_METRICS_TOKEN }),
    terminationGraceHours: value.PLINTH_TERMINATION_GRACE_HOURS,
    destroyTimeoutMs: value.PLINTH_DESTROY_TIMEOUT_SECONDS * 1000,
    patience: patienceOf(value),
    signUp: value.PLINTH_SIGN_UP ?? (production ? 'invitation' : 'open'),
    ...(value.PLINTH_OIDC_ISSUER === undefined
      ? {}
      : {
          oidc: {
            issuer: value.PLINTH_OIDC_ISSUER,
            clientId: value.PLINTH_OIDC_CLIENT_ID ?? '',
            clientSecret: value.PLINTH_OIDC_CLIENT_SECRET ?? '',
            name: value.PLINTH_OIDC_NAME,
          },
        }),
    mail: { ...(value.PLINTH_SMTP_URL === undefined ? {} : { smtpUrl: value.PLINTH_SMTP_URL }), from: value.PLINTH_MAIL_FROM },
    simulator: {
      enabled: value.SIMULATOR && !production,
      port: value.SIMULATOR_PORT,
      speed: value.SIMULATOR_SPEED,
      ...(value.SIMULATOR_TOKEN === undefined ? {} : { token: value.SIMULATOR_TOKEN }),
      ...(value.SIMULATOR_URL === undefined ? {} : { url: value.SIMULATOR_URL.replace(/\/+$/, '') }),
    },
  };
}

function patienceOf(value: z.output<typeof Environment>): Config['patience'] {
  const { PLINTH_PROVIDER_TIMEOUT_SECONDS: call, PLINTH_PROVIDER_WAIT_SECONDS: wait, PLINTH_PROVIDER_PAUSE_SECONDS: pause } = value;
  return { callMs: call * 1000, longestWaitMs: wait * 1000, pauseMs: pause * 1000 };
}
function anchorsOf(value: z.output<typeof Environment>, root: string): Pick<Config, 'auditAnchors' | 'auditMail'> {
  const { PLINTH_AUDIT_ANCHORS: file, PLINTH_AUDIT_MAIL: auditMail } = value;
  return { ...(file === undefined ? {} : { auditAnchors: resolve(root, file) }), ...(auditMail === undefined ? {} : { auditMail }) };
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

/** All three, or none. */
function oidcMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const names = ['PLINTH_OIDC_ISSUER', 'PLINTH_OIDC_CLIENT_ID', 'PLINTH_OIDC_CLIENT_SECRET'];
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === names.length) return [];
  return missing.map((name) => `${name}: is needed with the other settings of single sign-on. Set it, or leave all three out.`);
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
  if (given.PLINTH_SMTP_URL !== undefined && given.PLINTH_MAIL_FROM === undefined)
    mistakes.push('PLINTH_MAIL_FROM: mails need a sender that the mail server takes. Set it, as in Plinth <noreply@example.com>.');
  if (given.PLINTH_CONNECT_MAP !== undefined) mistakes.push('PLINTH_CONNECT_MAP: production calls machines where they are. Leave it out.');
  if (['true', '1', 'on'].includes(String(given.SIMULATOR ?? 'off')))
    mistakes.push('SIMULATOR: production refuses the simulator. Set SIMULATOR=off or PLINTH_MODE=development.');
  return mistakes;
}
