/**
 * From a spec to everything `CustomerVps` declares. Pure: no engine, no network, no clock, so the same
 * spec gives the same plan at every run and a wrong one is refused before anything is created.
 */
import type { PasswordPolicy } from '../providers/provider.ts';
import { identityTag, PLINTH_TAG } from '../providers/identity.ts';
import type { VpsSpec } from '../stacks/spec.ts';
import { setupScriptOf } from './setup-script.ts';
import { asciiHost, makeLabel } from './names.ts';
import { problemsOf } from './customer-vps.problems.ts';
import type { ComputeRules, PlannedRecord, PlanProblem, RandomPasswordPlan, VpsPlan } from './customer-vps.types.ts';

export type PlanResult = { readonly ok: true; readonly plan: VpsPlan } | { readonly ok: false; readonly problems: readonly PlanProblem[] };

/** `rootPassword` is a password the caller brought, checked against the provider's bounds; it is not in the plan. */
export function planVps(spec: VpsSpec, rules: ComputeRules, rootPassword?: string): PlanResult {
  const options = rules.options.safeParse(spec.compute.options);
  const plan = draftPlan(spec, rules, options.success ? options.data : {});
  const problems = problemsOf(spec, rules, plan, rootPassword);
  if (!options.success) {
    for (const issue of options.error.issues) {
      problems.push({
        field: ['compute', 'options', ...issue.path].join('.'),
        rule: issue.message,
        remedy: `Correct this option of the ${rules.name} account.`,
      });
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, plan };
}

/** Thrown by the program when its spec cannot become a server; the message lists every problem. */
export class PlanError extends Error {
  readonly problems: readonly PlanProblem[];
  constructor(vpsId: string, problems: readonly PlanProblem[]) {
    super(`The spec of VPS ${vpsId} cannot be built:\n${problems.map((p) => `- ${p.field}: ${p.rule} ${p.remedy}`).join('\n')}`);
    this.name = 'PlanError';
    this.problems = problems;
  }
}

function draftPlan(spec: VpsSpec, rules: ComputeRules, options: Readonly<Record<string, unknown>>): VpsPlan {
  const { compute } = spec;
  const { imported } = compute;
  const hostname = asciiHost(spec.hostname) ?? '';
  const dnsName = spec.dns ? (asciiHost(spec.dns.name) ?? '') : null;
  return {
    label: imported?.label ?? makeLabel(spec.label, spec.vpsId, rules.limits) ?? '',
    hostname,
    region: compute.region,
    plan: compute.plan,
    image: compute.image,
    ...(compute.snapshotId === undefined ? {} : { snapshotId: compute.snapshotId }),
    windows: compute.windows,
    ipv6: compute.ipv6,
    backups: compute.backups,
    tags: tagsOf(spec),
    sshPublicKeys: [...new Set(spec.sshPublicKeys.map((key) => key.trim()))],
    firewall: spec.firewall,
    keepsFirewall: imported !== undefined && !imported.shielded && spec.firewall === null,
    options,
    rootUser: compute.windows ? 'Administrator' : 'root',
    password: imported ? null : randomPassword(rules.password, spec),
    cloudInit:
      imported || compute.windows || rules.limits.userDataBytes === 0
        ? null
        : {
            hostname,
            sshPublicKeys: spec.sshPublicKeys.map((key) => key.trim()),
            parts: spec.cloudInit,
            saltSeed: identityTag(spec.vpsId, spec.generation),
          },
    setupScript:
      imported || rules.limits.userDataBytes > 0 || rules.limits.setupScriptBytes === undefined ? null : setupScriptOf(spec.cloudInit),
    records: spec.dns && dnsName !== null ? records(spec.dns, dnsName, spec) : [],
    reverseNames: spec.dns?.reverse ? (compute.ipv6 ? [4, 6] : [4]) : [],
    dnsName,
    generation: spec.generation,
    importId: imported?.id ?? null,
  };
}

/** An imported server gets its identity and nothing else. */
function tagsOf({ vpsId, generation, tags, compute: { imported } }: VpsSpec): string[] {
  const general = imported && !imported.marked ? [] : [PLINTH_TAG];
  return [...new Set([identityTag(vpsId, generation), ...general, ...tags])];
}

function records(dns: NonNullable<VpsSpec['dns']>, name: string, spec: VpsSpec): PlannedRecord[] {
  const common = { name, ttl: dns.ttl, proxied: dns.proxied, zoneId: dns.zoneId, comment: recordComment(spec.vpsId) };
  const ipv4: PlannedRecord = { key: 'a', type: 'A', ...common };
  return spec.compute.ipv6 ? [ipv4, { key: 'aaaa', type: 'AAAA', ...common }] : [ipv4];
}

/** What says that a DNS record belongs to this VPS. It outlives generations: a reinstalled server keeps its name. */
export function recordComment(vpsId: string): string {
  return `plinth vps-${vpsId}`;
}

function randomPassword(policy: PasswordPolicy, spec: VpsSpec): RandomPasswordPlan {
  return {
    length: policy.length,
    minLower: policy.minLower,
    minUpper: policy.minUpper,
    minNumeric: policy.minNumeric,
    minSpecial: policy.minSpecial,
    special: policy.minSpecial > 0,
    overrideSpecial: policy.overrideSpecial,
    keepers: { vps: spec.vpsId, generation: String(spec.generation) },
  };
}
