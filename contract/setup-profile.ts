/** Setup profiles on the wire: what is put on a server at its first boot, with typed variables. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';

export const ProfileName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens, beginning with a letter');
const VariableName = z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/, 'capital letters, digits and underscores, beginning with a letter');

/**
 * `text` any line; `word` letters, digits and . _ - ; `user` a Linux user's name; `hostname`; `url` of https; `number`; `secret` made by
 * Plinth for each server and fetched by it once; `password_hash` of the server's own password.
 */
export const VARIABLE_TYPES = ['text', 'word', 'user', 'hostname', 'url', 'number', 'secret', 'password_hash'] as const;
export const SetupVariable = z.strictObject({
  name: VariableName,
  type: z.enum(VARIABLE_TYPES),
  description: z.string().max(500).default(''),
  /** Of what may be left out. Secrets and hashes have none. */
  default: z.string().max(2_000).optional(),
});
export type SetupVariable = z.output<typeof SetupVariable>;

/** How a value is written where `{{NAME}}` stands: as a literal of that language. `plain` takes words, users, host names and numbers only. */
export const FILE_FORMATS = ['json', 'toml', 'yaml', 'shell', 'powershell', 'plain'] as const;
export const SetupFile = z.strictObject({
  /** Said to `put`, which the script is given. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens'),
  /** May hold `{{NAME}}` of words, users and host names. */
  path: z.string().startsWith('/').max(255),
  format: z.enum(FILE_FORMATS),
  content: z.string().max(12_000),
  mode: z
    .string()
    .regex(/^0[0-7]{3}$/, 'as 0644')
    .default('0644'),
});
export const SetupCheck = z.discriminatedUnion('type', [
  /** The script ended well and said so. */
  z.strictObject({ type: z.literal('finished') }),
  z.strictObject({ type: z.literal('tcp'), port: z.int().min(1).max(65_535) }),
  /** `https://<its host name><path>` is 200, with a certificate for that name. */
  z.strictObject({ type: z.literal('https'), path: z.string().regex(/^\/[A-Za-z0-9._~/-]{0,200}$/, 'a path, as /health') }),
]);
export type SetupCheck = z.output<typeof SetupCheck>;

export const SetupTemplate = z
  .strictObject({
    description: z.string().max(500).default(''),
    variables: z.array(SetupVariable).max(50),
    files: z.array(SetupFile).max(30).default([]),
    /** Bash. Variables are variables there; `put <file>` writes a file. */
    script: z.string().min(1).max(12_000),
    /** `fetched`: the server asks Plinth for its secrets, once. `inline`: they stand in the script, for who cannot reach Plinth. */
    secrets: z.enum(['fetched', 'inline']).default('fetched'),
    checks: z.array(SetupCheck).max(10).default([]),
    /** Seconds for all checks. */
    ready_within: z.int().min(30).max(7_200).default(1_800),
  })
  .meta({ description: 'What is put on a server, in which order, and when it counts as ready.' });
export type SetupTemplate = z.output<typeof SetupTemplate>;

export const SetupVersion = z.strictObject({
  version: z.int(),
  sha256: z.string(),
  published_at: Timestamp,
  template: SetupTemplate,
});
export const SetupProfile = z.strictObject({
  name: ProfileName,
  /** Comes with Plinth. */
  built_in: z.boolean(),
  /** The newest first; a published one is never changed, and a server keeps the one that it was made with. */
  versions: z.array(SetupVersion),
});
export const SetupProfileList = z.strictObject({ profiles: z.array(SetupProfile) });
export const SetupProfileAnswer = z.strictObject({ profile: SetupProfile });
export const SetupProfileParams = z.strictObject({ name: ProfileName });
export const SetupPublish = z.strictObject({ name: ProfileName, template: SetupTemplate });

export const SetupValues = z.record(VariableName, z.string().max(2_000));
/** What a request for a server says. */
export const SetupRequest = z.strictObject({
  profile: ProfileName,
  /** Default: the newest. */
  version: z.int().min(1).optional(),
  values: SetupValues.default({}),
});
export type SetupRequest = z.output<typeof SetupRequest>;

/** A profile that may be chosen, at its newest version, with what is asked for it. */
export const OfferedProfile = z.strictObject({
  name: z.string(),
  version: z.int(),
  description: z.string(),
  variables: z.array(SetupVariable),
});

/** What may be chosen for a server whose system is written anew. */
export const SetupChoices = z.strictObject({
  /** What sets it up now; null: nothing. */
  present: z.strictObject({ profile: z.string(), version: z.int(), values: z.record(z.string(), z.string()) }).nullable(),
  /** Those that whoever asks may choose. None: it stays as it is. */
  profiles: z.array(OfferedProfile),
});

export const SetupPreviewRequest = z.strictObject({
  profile: ProfileName.optional(),
  version: z.int().min(1).optional(),
  /** In place of a profile: one that is not published yet. */
  template: SetupTemplate.optional(),
  values: SetupValues.default({}),
});
export const SetupPreview = z.strictObject({
  /** The whole script; secrets and hashes as placeholders. */
  script: z.string(),
  bytes: z.int(),
  files: z.array(z.strictObject({ name: z.string(), path: z.string(), mode: z.string(), content: z.string() })),
  checks: z.array(SetupCheck),
  notes: z.array(z.string()),
});

/** Of the server itself, once: its secrets by name. */
export const SetupSecrets = z.strictObject({ secrets: z.record(z.string(), z.string()) });
export const SetupParams = z.strictObject({ key: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/, 'is no setup token') });
export const SetupFinished = z.strictObject({ ok: z.boolean(), log: z.string().max(8_000).default('') });
