/** A script that sets a server up at its first boot, and how it gets onto one: as a file of user data, or by the provider's own way. Pure. */
import { saltFrom, sha512Crypt } from '../lib/sha512-crypt.ts';
import type { CloudInitSpec } from '../stacks/spec.ts';

/** Stands for the password's hash until the stack knows the password. */
export const PASSWORD_HASH = '@PLINTH-PASSWORD-HASH@';
const SCRIPT = '/var/lib/plinth/setup.sh';
const UNIT = '/etc/systemd/system/plinth-setup.service';
const SERVICE = 'plinth-setup.service';

const UNIT_TEXT = `[Unit]
Description=First set-up
After=network-online.target cloud-final.service
Wants=network-online.target
ConditionPathExists=!/var/lib/plinth/setup.done

[Service]
Type=oneshot
ExecStart=/bin/bash ${SCRIPT}
ExecStartPost=/usr/bin/touch /var/lib/plinth/setup.done

[Install]
WantedBy=multi-user.target
`;

/** User data with the script in it: systemd runs it once, after everything else of the first boot. */
export function withSetupScript(parts: CloudInitSpec, script: string): CloudInitSpec {
  const file = (path: string, content: string, permissions: string) => ({ path, content, owner: 'root:root', permissions });
  return {
    ...parts,
    files: [...parts.files, file(SCRIPT, script, '0700'), file(UNIT, UNIT_TEXT, '0644')],
    services: [...parts.services, SERVICE],
  };
}

/** The script in it; null: it has none. */
export function setupScriptOf({ files }: CloudInitSpec): string | null {
  return files.find(({ path }) => path === SCRIPT)?.content ?? null;
}

/** The script with the hash of the server's password in it; `seed` makes the hash the same at every run. */
export function withHash(script: string, password: string, seed: string): string {
  return script.replaceAll(PASSWORD_HASH, () => sha512Crypt(password, saltFrom(seed)));
}

/** What is there beside the script and what runs it. */
export function withoutSetupScript(parts: CloudInitSpec): CloudInitSpec {
  return {
    ...parts,
    files: parts.files.filter(({ path }) => path !== SCRIPT && path !== UNIT),
    services: parts.services.filter((name) => name !== SERVICE),
  };
}
