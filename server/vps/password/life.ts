/**
 * The life of a VPS's administrator password. `requestedPassword`: what the customer chose, or a change set; the stack generates
 * one where it is null. `rootPassword`: what the server has, for showing it. `nextPassword`: that of a change under way, which
 * takes the place of both when it has succeeded. Former ones are kept as long as the provider's backups may bring them back.
 */
import { VpsSpec } from '../../../stacks/spec.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Snapshot, Vps } from '../../kernel/database.ts';
import { sealed } from '../../kernel/sealed.ts';
import type { SecretBox } from '../../kernel/secrets.ts';
import type { Ended } from '../operations/sheet.ts';
import { formerPasswordAt, keepFormerPassword } from '../snapshots/store.ts';
import type { VpsColumns } from '../store.ts';

const COLUMNS = {
  rootPassword: sealed('vps', 'rootPassword'),
  requestedPassword: sealed('vps', 'requestedPassword'),
  nextPassword: sealed('vps', 'nextPassword'),
};
const ON_SNAPSHOT = sealed('snapshot', 'rootPassword');
const FORMER = sealed('former_password', 'password');
type Column = keyof typeof COLUMNS;

export function sealPassword(secrets: SecretBox, column: Column, vpsId: string, password: string): string {
  return COLUMNS[column].seal(secrets, vpsId, password);
}

/** Secret; null where there is none. */
export function openPassword<Of extends Column>(secrets: SecretBox, column: Of, vps: Pick<Vps, 'id' | Of>): string | null {
  return COLUMNS[column].openIf(secrets, vps.id, vps[column]);
}

/** Of a snapshot that is being recorded: the password that its disk has. */
export function sealOnSnapshot(secrets: SecretBox, snapshotId: string, vps: Pick<Vps, 'id' | 'rootPassword'>): string | null {
  const password = openPassword(secrets, 'rootPassword', vps);
  return password === null ? null : ON_SNAPSHOT.seal(secrets, snapshotId, password);
}

/** The password on a snapshot's disk, where it is known. Secret. */
export function openOnSnapshot(secrets: SecretBox, { id, rootPassword }: Pick<Snapshot, 'id' | 'rootPassword'>): string | null {
  return ON_SNAPSHOT.openIf(secrets, id, rootPassword);
}

/** The password that a VPS had at a time, as far as it is known. Secret. */
export async function passwordAt(db: Db, secrets: SecretBox, vps: Pick<Vps, 'id' | 'rootPassword'>, at: Date): Promise<string | null> {
  const former = await formerPasswordAt(db, vps.id, at);
  return former ? FORMER.open(secrets, former.id, former.password) : openPassword(secrets, 'rootPassword', vps);
}

/** What the stack's program is told: the password that the change brings, else the one that was chosen; undefined = its own. Secret. */
export function passwordFor(secrets: SecretBox, vps: Pick<Vps, 'id' | Column>, brings: boolean): string | undefined {
  return (brings ? openPassword(secrets, 'nextPassword', vps) : null) ?? openPassword(secrets, 'requestedPassword', vps) ?? undefined;
}

/** After a change that brings one: the next password is the VPS's own, and may be shown once again. */
export function passwordChange({ services, vps, bringsPassword }: Ended, options: { readonly windowsToo?: boolean } = {}): VpsColumns {
  const password = bringsPassword ? openPassword(services.secrets, 'nextPassword', vps) : null;
  if (password === null) return {};
  // Where the provider makes its own (Windows), the stack's outputs had the last word.
  const shown = !VpsSpec.parse(vps.spec).compute.windows || options.windowsToo;
  return {
    requestedPassword: sealPassword(services.secrets, 'requestedPassword', vps.id, password),
    nextPassword: null,
    ...(shown ? { rootPassword: sealPassword(services.secrets, 'rootPassword', vps.id, password) } : {}),
    revealCount: 0,
    lastRevealedAt: null,
    powerState: 'running',
  };
}

/** Call before `change` is written: the password that it replaces is kept while backups may bring it back. */
export async function keepFormer(tx: Db, { services: { secrets }, vps, bringsPassword }: Ended, change: VpsColumns | null): Promise<void> {
  if (!VpsSpec.parse(vps.spec).compute.backups || !bringsPassword || !change?.rootPassword) return;
  const former = openPassword(secrets, 'rootPassword', vps);
  const next = openPassword(secrets, 'rootPassword', { ...vps, rootPassword: change.rootPassword });
  if (former === null || former === next) return;
  await keepFormerPassword(tx, vps, timeNow(), (id) => FORMER.seal(secrets, id, former));
}
