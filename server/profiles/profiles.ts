/** Setup profiles: published in versions that never change, looked up by whoever makes a server, shown before anything is made. */
import type { z } from 'zod';
import {
  type OfferedProfile,
  type SetupPreview,
  type SetupPreviewRequest,
  type SetupProfile,
  SetupTemplate,
} from '../../contract/setup-profile.ts';
import { appendAudit } from '../kernel/audit.ts';
import { timeNow } from '../kernel/clock.ts';
import { type Database, type Db, inTransaction } from '../kernel/database.ts';
import { fingerprint } from '../kernel/fingerprint.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal } from '../kernel/services.ts';
import { APPLICATION, application } from './application.ts';
import { render, templateProblems, WrongValues } from './render.ts';
import { ensureProfile, insertVersion, listProfiles, profileByName, type ProfileRow } from './store.ts';

export interface ProfileVersion {
  readonly name: string;
  readonly version: number;
  readonly template: SetupTemplate;
}

/** The newest where none is named. @throws Refusal naming `setup.profile` or `setup.version` */
export async function mustProfile(db: Db, name: string, version?: number): Promise<ProfileVersion> {
  const profile = await profileByName(db, name);
  if (!profile) throw refuseField('setup.profile', `there is no setup profile "${name}"`, 'Take one from GET /api/setup-profiles.');
  const found = version === undefined ? profile.versions[0] : profile.versions.find((each) => each.version === version);
  if (!found) throw refuseField('setup.version', `"${name}" has no version ${version ?? 1}`, 'Leave it out for the newest.');
  return { name, version: found.version, template: SetupTemplate.parse(found.template) };
}

/** Those of these names, without their scripts, which are the seller's own. @param names null: all of them */
export async function offeredProfiles(db: Db, names: readonly string[] | null): Promise<z.input<typeof OfferedProfile>[]> {
  const rows = (await listProfiles(db)).filter(({ name }) => names?.includes(name) ?? true);
  return rows.flatMap(({ name, versions: [newest] }) => {
    if (!newest) return [];
    const { description, variables } = SetupTemplate.parse(newest.template);
    return [{ name, version: newest.version, description, variables }];
  });
}

/** A new version, unless the newest is the same. @throws Refusal with all that is wrong with the template */
export async function publishProfile(
  db: Database | Db,
  by: Pick<Principal, 'name'>,
  name: string,
  template: SetupTemplate,
  builtIn = false,
): Promise<ProfileRow> {
  const wrong = templateProblems(template);
  if (wrong.length > 0)
    throw new Refusal(
      422,
      'invalid_request',
      `template.${wrong[0]!.field}: ${wrong[0]!.rule}`,
      wrong.map(({ field, rule }) => ({ field: `template.${field}`, rule, remedy: 'Correct the template.' })),
    );
  const sha256 = fingerprint(template);
  return await inTransaction(db, async (tx) => {
    const { id, builtIn: own } = await ensureProfile(tx, name, builtIn);
    if (own && !builtIn) throw refuseField('name', 'comes with Plinth', 'Publish yours under another name.', 409, 'built_in');
    const [newest] = (await profileByName(tx, name))!.versions;
    if (newest?.sha256 !== sha256) {
      const version = (newest?.version ?? 0) + 1;
      await insertVersion(tx, id, version, template, sha256, timeNow());
      const entry = { actor: by.name, action: 'setup-profile.published', target: id, organizationId: null };
      await appendAudit(tx, { ...entry, data: { name, version, sha256 } });
    }
    return (await profileByName(tx, name))!;
  });
}

/** Those that come with this version of Plinth. */
export async function publishBuiltIn(db: Database): Promise<void> {
  await publishProfile(db, { name: 'plinth' }, APPLICATION, application, true);
}

export function presentProfile({ name, builtIn, versions }: ProfileRow): z.input<typeof SetupProfile> {
  return {
    name,
    built_in: builtIn,
    versions: versions.map(({ version, sha256, publishedAt, template }) => ({
      version,
      sha256,
      published_at: publishedAt.toISOString(),
      template: SetupTemplate.parse(template),
    })),
  };
}

/** What a server would get, with placeholders for what only it knows. */
export async function previewProfile(
  db: Db,
  { profile, version, template, values }: z.output<typeof SetupPreviewRequest>,
): Promise<z.input<typeof SetupPreview>> {
  if ((profile === undefined) === (template === undefined))
    throw refuseField('profile', 'and template are two ways to say the same', 'Send one of them.');
  const asked = template ?? (await mustProfile(db, profile!, version)).template;
  const wrong = template === undefined ? [] : templateProblems(template);
  if (wrong.length > 0) throw refuseField(`template.${wrong[0]!.field}`, wrong[0]!.rule, 'Correct the template.');
  const carried = { setupUrl: asked.secrets === 'fetched' ? 'https://plinth.example/api/setup/TOKEN' : null, secrets: {} };
  const { script, files } = rendered(() => render('preview', asked, values, carried));
  const inline = asked.secrets === 'inline' && asked.variables.some(({ type }) => type === 'secret');
  const notes = inline ? ['Its secrets stand in the script in clear: every process on the server can read them there.'] : [];
  return { script, bytes: Buffer.byteLength(script), files: files.map((each) => ({ ...each })), checks: asked.checks, notes };
}

/** @throws Refusal for values that do not fit */
export function rendered<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WrongValues)) throw error;
    const errors = error.wrong.map(({ field, rule }) => ({
      field: `setup.values.${field}`,
      rule,
      remedy: 'GET /api/setup-profiles shows its variables.',
    }));
    throw new Refusal(422, 'invalid_request', `${errors[0]!.field}: ${errors[0]!.rule}`, errors);
  }
}

export async function mustProfileRow(db: Db, name: string): Promise<ProfileRow> {
  const row = await profileByName(db, name);
  if (!row) throw notFound('setup profile', name);
  return row;
}
