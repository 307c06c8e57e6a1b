/**
 * What a customer puts on a server at its first boot (files, users, packages …) may hold anything, keys and passwords
 * included. It rests sealed on the VPS's row; the specs of rows and operations have none of it.
 */
import { sealed } from '../kernel/sealed.ts';
import { CloudInitSpec, VpsSpec } from '../../stacks/spec.ts';
import type { SecretBox } from '../kernel/secrets.ts';
import { canonical } from '../kernel/fingerprint.ts';
import type { Json } from '../kernel/database.ts';

const NONE = CloudInitSpec.parse({});

interface Row {
  readonly id: string;
  readonly spec: unknown;
  readonly cloudInit: string | null;
}

const USER_DATA = sealed('vps', 'cloudInit');

/** A spec's columns: what stands there in clear, and the rest sealed; null where there is no more. */
export function atRest(secrets: SecretBox, spec: VpsSpec): { readonly spec: VpsSpec & Json; readonly cloudInit: string | null } {
  const cloudInit = hasUserData(spec.cloudInit) ? USER_DATA.seal(secrets, spec.vpsId, JSON.stringify(spec.cloudInit)) : null;
  return { spec: withoutUserData(spec), cloudInit };
}

export function hasUserData(cloudInit: unknown): boolean {
  return canonical(cloudInit) !== canonical(NONE);
}

/** As specs are stored: in rows, operations and events. */
export function withoutUserData(spec: VpsSpec): VpsSpec & Json {
  return { ...spec, cloudInit: NONE } as VpsSpec & Json;
}

/** The spec with everything that goes onto the server. @param stored another one than the row's, as an operation has it */
export function wholeSpec(secrets: SecretBox, row: Row, stored: unknown = row.spec): VpsSpec {
  const spec = VpsSpec.parse(stored);
  if (row.cloudInit === null) return spec;
  return { ...spec, cloudInit: CloudInitSpec.parse(JSON.parse(USER_DATA.open(secrets, row.id, row.cloudInit))) };
}
