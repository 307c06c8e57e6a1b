/** What the service must know of the program: the user data of a reinstall without the engine, and whose a DNS record is. */
import { buildCloudInit } from '../components/cloud-init.ts';
import { withHash } from '../components/setup-script.ts';
import { PlanError, planVps } from '../components/customer-vps.plan.ts';
import type { Descriptor } from '../providers/provider.ts';
import { stackName, type VpsSpec } from './spec.ts';

/** What a server finds at its first boot: user data, or a script where that is no user data; each null where there is none. Secret. */
export interface FirstBoot {
  readonly userData: string | null;
  readonly script: string | null;
}

/**
 * The same that the stack's program would make. It holds the password's hash, never the password.
 * @throws PlanError when the spec cannot be built.
 */
export function firstBootOf(spec: VpsSpec, descriptor: Descriptor, rootPassword: string): FirstBoot {
  const planned = planVps(spec, descriptor, rootPassword);
  if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
  const { cloudInit, setupScript, tags } = planned.plan;
  return {
    userData: cloudInit === null ? null : buildCloudInit(cloudInit, rootPassword),
    script: setupScript === null ? null : withHash(setupScript, rootPassword, tags[0]!),
  };
}

/** Throws PlanError, with every problem, when the spec cannot become a stack of this provider's. */
export function assertPlan(spec: VpsSpec, descriptor: Descriptor, rootPassword?: string): void {
  const planned = planVps(spec, descriptor, rootPassword);
  if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
}

export { PlanError, recordComment } from '../components/customer-vps.plan.ts';

/**
 * What a new stack of that spec declares, in order, with the inputs that are known before anything is asked for. No secret.
 * @throws PlanError when the spec cannot be built.
 */
export function stackResources(
  spec: VpsSpec,
  descriptor: Descriptor,
): { readonly type: string; readonly name: string; readonly properties: Record<string, unknown> }[] {
  const planned = planVps(spec, descriptor);
  if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
  const { label, hostname, region, plan, image, windows, ipv6, backups, tags, firewall, records, password, reverseNames } = planned.plan;
  const { snapshotId } = planned.plan;
  const name = stackName(spec.vpsId);
  const generated = password && { type: 'password', name: `${name}-password`, properties: { length: password.length } };
  const instance = {
    label,
    hostname,
    region,
    plan,
    image,
    windows,
    ipv6,
    backups,
    tags,
    ...(snapshotId === undefined ? {} : { snapshotId }),
    ...(firewall ? { firewall } : {}),
  };
  return [
    ...(generated ? [generated] : []),
    { type: 'instance', name: `${name}-instance`, properties: instance },
    ...records.map(({ key, type, name: host, ttl, proxied }) => ({
      type: 'dns-record',
      name: `${name}-${key}`,
      properties: { type, name: host, ttl, proxied },
    })),
    ...reverseNames.map((version) => ({ type: 'reverse-name', name: `${name}-ptr${version}`, properties: { version } })),
  ];
}

/** A script of the first boot: put into user data by the service, taken out again by the program. */
export { PASSWORD_HASH, withoutSetupScript, withSetupScript } from '../components/setup-script.ts';
