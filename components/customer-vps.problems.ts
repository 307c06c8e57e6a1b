/** Why a spec cannot become a server, in words a person can act on. Pure. */
import { parseIdentityTag } from '../providers/identity.ts';
import type { VpsSpec } from '../stacks/spec.ts';
import { SHA512_CRYPT_LENGTH } from '../lib/sha512-crypt.ts';
import { withoutSetupScript } from './setup-script.ts';
import { cloudInitBytes } from './cloud-init.ts';
import type { ComputeRules, PlanProblem, VpsPlan } from './customer-vps.types.ts';
import { asciiHost, isReservedHost } from './names.ts';

/** Legal as a tag at every provider. */
const TAG_PATTERN = /^[A-Za-z0-9:_-]{1,50}$/;
const OWN_TAG = /^plinth(-|$)/;
const PUBLIC_KEY =
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,3}( [^\r\n]*)?$/;

/** Every problem, not only the first. */
export function problemsOf(spec: VpsSpec, rules: ComputeRules, plan: VpsPlan, rootPassword?: string): PlanProblem[] {
  return [
    ...nameProblems(spec, rules, plan),
    ...capabilityProblems(spec, rules),
    ...dnsProblems(spec),
    ...spec.tags.flatMap((tag, index) => tagProblems(rules, tag, `tags.${index}`)),
    ...keyProblems(spec),
    ...userDataProblems(spec, rules, plan),
    ...passwordProblems(rules, spec, rootPassword),
  ];
}

function nameProblems(spec: VpsSpec, rules: ComputeRules, plan: VpsPlan): PlanProblem[] {
  const problems: PlanProblem[] = [];
  // Some providers leave servers without a name; an imported one keeps what it has.
  if (plan.label === '' && spec.compute.imported?.label === undefined) {
    problems.push({
      field: 'label',
      rule: `${rules.name} takes labels of at most ${rules.limits.labelMaxLength} characters matching ${rules.limits.labelPattern.source}, and the VPS's id does not fit.`,
      remedy: 'Use a shorter VPS id.',
    });
  }
  problems.push(...hostProblems(spec.hostname, 'hostname'));
  return problems;
}

function hostProblems(name: string, field: string): PlanProblem[] {
  const ascii = asciiHost(name);
  if (ascii === null) {
    return [
      {
        field,
        rule: `"${name}" is not a host name: parts of 1 to 63 letters, digits and inner hyphens, 253 characters in all, not ending in a number.`,
        remedy: 'Use a name such as web-1 or web-1.example.com.',
      },
    ];
  }
  if (!isReservedHost(ascii)) return [];
  return [{ field, rule: `"${name}" is reserved: it means the machine itself or can never be public.`, remedy: 'Choose another name.' }];
}

function capabilityProblems(spec: VpsSpec, rules: ComputeRules): PlanProblem[] {
  const { compute } = spec;
  const wanted = [
    { field: 'compute.windows', wants: compute.windows, capability: rules.capabilities.windows, remedy: 'Choose a Linux image.' },
    {
      field: 'compute.snapshotId',
      wants: compute.snapshotId !== undefined,
      capability: rules.capabilities.serverFromSnapshot,
      remedy: 'Leave it out, and choose an image.',
    },
    { field: 'compute.ipv6', wants: compute.ipv6, capability: rules.capabilities.ipv6, remedy: 'Turn IPv6 off.' },
    { field: 'compute.backups', wants: compute.backups, capability: rules.capabilities.backups, remedy: 'Turn backups off.' },
    {
      field: 'dns.reverse',
      wants: spec.dns?.reverse === true,
      capability: rules.capabilities.reverseDns,
      remedy: 'Turn the reverse name off.',
    },
    { field: 'firewall', wants: spec.firewall !== null, capability: rules.capabilities.firewall, remedy: 'Remove the firewall rules.' },
  ];
  return wanted.flatMap(({ field, wants, capability, remedy }) =>
    wants && !capability.can ? [{ field, rule: `${rules.name} cannot do this: ${capability.reason}`, remedy }] : [],
  );
}

function dnsProblems(spec: VpsSpec): PlanProblem[] {
  if (!spec.dns) return [];
  const problems = hostProblems(spec.dns.name, 'dns.name');
  const name = asciiHost(spec.dns.name);
  const zone = asciiHost(spec.dns.zone);
  if (zone === null) {
    problems.push({ field: 'dns.zone', rule: `"${spec.dns.zone}" is not a zone name.`, remedy: 'Use a name such as example.com.' });
  } else if (name !== null && name !== zone && !name.endsWith(`.${zone}`)) {
    problems.push({
      field: 'dns.name',
      rule: `"${spec.dns.name}" is not in the zone ${spec.dns.zone}.`,
      remedy: `Use a name that ends in .${spec.dns.zone}, or another zone.`,
    });
  }
  return problems;
}

function tagProblems({ name, limits }: ComputeRules, tag: string, field: string): PlanProblem[] {
  if (!TAG_PATTERN.test(tag)) {
    return [{ field, rule: `"${tag}" is not a tag: 1 to 50 letters, digits, ":", "_" or "-".`, remedy: 'Rename the tag.' }];
  }
  if (limits.tagPattern?.test(tag) === false)
    return [{ field, rule: `${name} takes no tag "${tag}".`, remedy: `Rename the tag; it must match ${limits.tagPattern.source}.` }];
  if (OWN_TAG.test(tag) || parseIdentityTag(tag)) {
    return [{ field, rule: `"${tag}" begins with "plinth", which marks whose server this is.`, remedy: 'Rename the tag.' }];
  }
  return [];
}

function keyProblems(spec: VpsSpec): PlanProblem[] {
  const keys = [
    ...spec.sshPublicKeys.map((key, index) => ({ key, field: `sshPublicKeys.${index}` })),
    ...spec.cloudInit.users.flatMap((user, u) =>
      user.sshPublicKeys.map((key, k) => ({ key, field: `cloudInit.users.${u}.sshPublicKeys.${k}` })),
    ),
  ];
  const remedy = 'Paste one line of a .pub file, beginning with ssh-ed25519 or ssh-rsa.';
  return keys.flatMap(({ key, field }) =>
    PUBLIC_KEY.test(key.trim()) ? [] : [{ field, rule: 'This is not an OpenSSH public key.', remedy }],
  );
}

function userDataProblems(spec: VpsSpec, rules: ComputeRules, plan: VpsPlan): PlanProblem[] {
  if (plan.setupScript !== null) return scriptProblems(spec, rules, plan.setupScript);
  if (!plan.cloudInit) {
    if (!hasParts(spec)) return [];
    const rule = spec.compute.imported
      ? 'The server runs already; cloud-init runs at the first boot only.'
      : spec.compute.windows
        ? 'cloud-init sets up Linux servers only.'
        : `${rules.name} takes no user data.`;
    return [{ field: 'cloudInit', rule, remedy: 'Leave packages, users, files, services and timezone empty.' }];
  }
  const problems: PlanProblem[] = [];
  if (spec.cloudInit.users.some((user) => user.name === 'root')) {
    problems.push({ field: 'cloudInit.users', rule: 'root exists already.', remedy: 'Give root its keys with sshPublicKeys.' });
  }
  const bytes = cloudInitBytes(plan.cloudInit);
  if (bytes > rules.limits.userDataBytes) {
    problems.push({
      field: 'cloudInit',
      rule: `The cloud-init document has ${bytes} bytes; ${rules.name} takes at most ${rules.limits.userDataBytes}.`,
      remedy: 'Fetch large files at first boot instead of carrying them.',
    });
  }
  return problems;
}

/** A script is all that the provider runs. */
function scriptProblems(spec: VpsSpec, rules: ComputeRules, script: string): PlanProblem[] {
  const remedy = 'Leave packages, users, files, services and timezone empty; the setup profile says everything.';
  if (hasParts({ ...spec, cloudInit: withoutSetupScript(spec.cloudInit) }))
    return [{ field: 'cloudInit', rule: `${rules.name} takes no user data beside a setup profile's script.`, remedy }];
  const bytes = Buffer.byteLength(script) + SHA512_CRYPT_LENGTH;
  const most = rules.limits.setupScriptBytes!;
  if (bytes <= most) return [];
  return [
    { field: 'setup', rule: `The script has ${bytes} bytes; ${rules.name} takes at most ${most}.`, remedy: 'Fetch large files instead.' },
  ];
}

function hasParts(spec: Pick<VpsSpec, 'cloudInit'>): boolean {
  const { packages, users, files, services, timezone, packageUpdate, packageUpgrade } = spec.cloudInit;
  return [packages, users, files, services].some((list) => list.length > 0) || timezone !== undefined || packageUpdate || packageUpgrade;
}

function passwordProblems(rules: ComputeRules, spec: VpsSpec, password: string | undefined): PlanProblem[] {
  if (password === undefined) return [];
  const { minLength, maxLength } = rules.password;
  const problems: PlanProblem[] = [];
  const remedy = 'Choose another password, or let one be generated.';
  // Never the password itself in the words.
  // What an imported server has may be older than the rule, and nobody sets it.
  if (!spec.compute.imported && (password.length < minLength || password.length > maxLength)) {
    problems.push({ field: 'rootPassword', rule: `${rules.name} takes passwords of ${minLength} to ${maxLength} characters.`, remedy });
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(password)) {
    problems.push({ field: 'rootPassword', rule: 'A password cannot hold control characters or line breaks.', remedy });
  }
  return problems;
}
