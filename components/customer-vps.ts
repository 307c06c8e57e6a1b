/**
 * One customer's server: password, cloud-init, instance, DNS records, in that order.
 *
 * The plan decides; this only declares. Logical names are part of the state of every customer's stack
 * and never change. The password comes first so that it is in the state before a provider is asked for
 * anything: a server found again after a crash still has the password we know.
 */
import * as pulumi from '@pulumi/pulumi';
import type { DnsRecordModule, InstanceHandle, InstanceModule } from '../providers/provider.ts';
import { buildCloudInit } from './cloud-init.ts';
import type { VpsPlan } from './customer-vps.types.ts';
import { declareRecord } from './dns-record.ts';
import { withHash } from './setup-script.ts';
import { declareRootPassword } from './root-password.ts';

export interface CustomerVpsArgs {
  readonly plan: VpsPlan;
  readonly instance: InstanceModule;
  /** Needed when the plan has records. */
  readonly dnsRecord: DnsRecordModule | null;
  /** A password the caller brought; without one, one is generated. Secret. */
  readonly rootPassword?: string;
  /** What people answered of the server, by field name, and which of it is secret. */
  readonly answers?: { readonly values: Readonly<Record<string, string>>; readonly secret: readonly string[] };
  /** An ordered reinstall: changes of image, keys, user data and password count this once. */
  readonly replaceInstance: boolean;
}

/** Machines can take long to come; plain waiting costs nothing. */
const INSTANCE_TIMEOUTS = { create: '30m', update: '30m', delete: '15m' };
/** A name may take its time until the provider's own resolver sees it. */
const REVERSE_TIMEOUTS = { create: '15m', update: '15m', delete: '5m' };
const RECORD_TIMEOUTS = { create: '5m', update: '5m', delete: '5m' };

export class CustomerVps extends pulumi.ComponentResource {
  readonly instanceId: pulumi.Output<string>;
  readonly ipv4: pulumi.Output<string>;
  /** '' when the server has none. */
  readonly ipv6: pulumi.Output<string>;
  /** Of the purchase; undefined where the provider has no such number. */
  readonly purchaseId: pulumi.Output<string> | undefined;
  /** Secret. */
  readonly rootPassword: pulumi.Output<string>;

  constructor(name: string, args: CustomerVpsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('plinth:index:CustomerVps', name, {}, opts);
    const { plan } = args;
    const password = declareRootPassword(`${name}-password`, plan.password, args.rootPassword, { parent: this });
    const { cloudInit, setupScript } = plan;
    const instance = args.instance.declare(
      `${name}-instance`,
      {
        label: plan.label,
        hostname: plan.hostname,
        region: plan.region,
        plan: plan.plan,
        image: plan.image,
        ...(plan.snapshotId === undefined ? {} : { snapshotId: plan.snapshotId }),
        windows: plan.windows,
        ipv6: plan.ipv6,
        backups: plan.backups,
        tags: plan.tags,
        sshPublicKeys: plan.sshPublicKeys,
        userData: cloudInit === null ? null : password.value.apply((value) => buildCloudInit(cloudInit, value)),
        setupScript:
          setupScript === null ? null : pulumi.secret(password.value.apply((value) => withHash(setupScript, value, plan.tags[0]!))),
        rootPassword: password.value,
        firewall: plan.firewall,
        ...(plan.keepsFirewall ? { keepsFirewall: true } : {}),
        options: plan.options,
        ...(args.answers === undefined ? {} : { answers: answersOf(args.answers) }),
      },
      {
        parent: this,
        dependsOn: password.resource ? [password.resource] : [],
        ignoreChanges: args.replaceInstance ? [] : leftAlone(args),
        // With it the engine takes over the server of this id, or finds it recorded: it never creates or replaces one.
        ...(plan.importId === null ? {} : { import: plan.importId }),
        // Replaces even when no input differs: a reinstall of the same image is still a new disk.
        replacementTrigger: plan.generation,
        // The engine refuses to replace or delete it, by hand too, unless told `--ignore-protect`.
        protect: true,
        customTimeouts: INSTANCE_TIMEOUTS,
      },
    );
    this.instanceId = instance.instanceId;
    this.ipv4 = instance.ipv4;
    this.ipv6 = instance.ipv6;
    this.purchaseId = instance.purchaseId;
    // What a provider made at the creation of an imported server it has told to somebody else.
    const generated = plan.importId === null ? instance.generatedPassword : undefined;
    this.rootPassword = pulumi.secret(generated ?? password.value);
    const records = plan.records.map((record) => {
      if (!args.dnsRecord) throw new Error(`${name}: the plan has DNS records, but no DNS provider was given.`);
      const content = record.type === 'A' ? this.ipv4 : this.ipv6;
      return declareRecord(name, args.dnsRecord, record, content, { parent: this, customTimeouts: RECORD_TIMEOUTS });
    });
    this.#declareReverseNames(name, args, instance, records);
    this.registerOutputs({ instanceId: this.instanceId, ipv4: this.ipv4, ipv6: this.ipv6, rootPassword: this.rootPassword });
  }

  /** After the records, because providers check that the name leads to the address. */
  #declareReverseNames(
    name: string,
    { plan, instance: module }: CustomerVpsArgs,
    instance: InstanceHandle,
    records: pulumi.Resource[],
  ): void {
    const { dnsName } = plan;
    if (dnsName === null) return;
    for (const ipVersion of plan.reverseNames) {
      if (!module.declareReverseName) throw new Error(`${name}: the plan has reverse names, but the provider sets none.`);
      const opts = { parent: this, dependsOn: records, customTimeouts: REVERSE_TIMEOUTS };
      module.declareReverseName(`${name}-reverse-${ipVersion === 4 ? 'a' : 'aaaa'}`, { instance, name: dnsName, ipVersion }, opts);
    }
  }
}

function answersOf({ values, secret }: NonNullable<CustomerVpsArgs['answers']>): Record<string, pulumi.Input<string>> {
  const each = Object.entries(values).map(([name, value]) => [name, secret.includes(name) ? pulumi.secret(value) : value]);
  return Object.fromEntries(each) as Record<string, pulumi.Input<string>>;
}

/** Input paths that no change of the program reaches outside a reinstall. */
function leftAlone({ plan, instance }: CustomerVpsArgs): string[] {
  const { ignoreChanges, importedIgnoreChanges = [], firewallPaths = [] } = instance;
  return [...ignoreChanges, ...(plan.importId === null ? [] : importedIgnoreChanges), ...(plan.keepsFirewall ? firewallPaths : [])];
}
