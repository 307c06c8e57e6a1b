/** The program of every customer's stack. The engine driver and plain `pulumi up` run this same function. */
import type * as pulumi from '@pulumi/pulumi';
import { CustomerVps } from '../components/customer-vps.ts';
import { PlanError, planVps } from '../components/customer-vps.plan.ts';
import { findProvider } from '../providers/list.ts';
import type { DnsRecordModule, InstanceModule, Provider } from '../providers/provider.ts';
import type { VpsOutputs } from './outputs.ts';
import type { VpsSpec } from './spec.ts';

export interface VpsSecrets {
  /** Instead of a generated one. */
  readonly rootPassword?: string | undefined;
  /** What people answered of the server, by field name, and which of it is secret. */
  readonly answers?: { readonly values: Readonly<Record<string, string>>; readonly secret: readonly string[] };
}

export interface ProgramOptions {
  /** An ordered reinstall elsewhere or anew: lets changed image, keys, user data and password reach the instance. */
  readonly replaceInstance?: boolean;
}

/** `rootPassword` is a secret output. */
export type ProgramOutputs = { [Name in keyof VpsOutputs]: pulumi.Input<VpsOutputs[Name]> };

/** Throws PlanError when the spec cannot be built, before anything is registered. */
export function program(spec: VpsSpec, secrets: VpsSecrets = {}, options: ProgramOptions = {}): () => Promise<ProgramOutputs> {
  return async () => {
    const compute = providerOf(spec.compute.provider, 'compute.provider');
    const planned = planVps(spec, compute.descriptor, secrets.rootPassword);
    if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
    // Only the chosen providers' SDK modules are loaded.
    const [instance, dnsRecord] = await Promise.all([instanceModule(compute), spec.dns ? recordModule(spec.dns.provider) : null]);
    const { plan } = planned;
    const vps = new CustomerVps('vps', {
      plan,
      instance,
      dnsRecord,
      replaceInstance: options.replaceInstance ?? false,
      ...(secrets.rootPassword === undefined ? {} : { rootPassword: secrets.rootPassword }),
      ...(secrets.answers === undefined ? {} : { answers: secrets.answers }),
    });
    return {
      instanceId: vps.instanceId,
      ipv4: vps.ipv4,
      ipv6: vps.ipv6,
      hostname: plan.hostname,
      dnsName: plan.dnsName,
      rootUser: plan.rootUser,
      rootPassword: vps.rootPassword,
      ...(vps.purchaseId === undefined ? {} : { purchaseId: vps.purchaseId }),
    };
  };
}

function providerOf(id: string, field: string): Provider {
  const provider = findProvider(id);
  if (!provider) throw new Error(`${field}: no provider "${id}" is known. Use one of those in providers/list.ts.`);
  return provider;
}

function instanceModule(provider: Provider): Promise<InstanceModule> {
  if (!provider.instance) throw new Error(`compute.provider: ${provider.descriptor.name} has no servers. Use a compute provider.`);
  return provider.instance();
}

function recordModule(id: string): Promise<DnsRecordModule> {
  const provider = providerOf(id, 'dns.provider');
  if (!provider.dnsRecord) throw new Error(`dns.provider: ${provider.descriptor.name} holds no DNS zones. Use a DNS provider.`);
  return provider.dnsRecord();
}
