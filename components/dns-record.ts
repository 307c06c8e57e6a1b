/** The DNS records of one VPS, through whichever provider holds the zone. */
import type * as pulumi from '@pulumi/pulumi';
import type { DnsRecordModule } from '../providers/provider.ts';
import type { PlannedRecord } from './customer-vps.types.ts';

/** Declares `<name>-dns-a` or `<name>-dns-aaaa`. */
export function declareRecord(
  name: string,
  module: DnsRecordModule,
  record: PlannedRecord,
  content: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { key, ...request } = record;
  return module.declare(`${name}-dns-${key}`, { ...request, content }, opts).resource;
}
