/** Taking a server that is there already into a stack, on the wire. */
import { z } from 'zod';
import { Password } from './fields.ts';
import { VpsCreate } from './vps.ts';

const { label, hostname, organization_id } = VpsCreate.shape;
const dns = VpsCreate.shape.dns.unwrap().shape;

export const InventoryImport = z.strictObject({
  label,
  hostname,
  organization_id,
  /** Absent: no DNS record is made. */
  dns: z
    .strictObject({ zone: dns.zone, name: dns.name, provider_id: dns.provider_id, proxied: dns.proxied, reverse: dns.reverse })
    .optional(),
  /** The password that the server has, for showing it once; it is not tried and not changed. */
  root_pass: Password.regex(/^[\x20-\x7e]+$/, 'printable ASCII characters').optional(),
});
export type InventoryImport = z.infer<typeof InventoryImport>;

export const InventoryImportPreview = z.strictObject({
  item_id: z.uuid(),
  object_id: z.string(),
  /** What the VPS will be. */
  record: z.strictObject({
    label: z.string(),
    hostname: z.string(),
    region: z.string(),
    plan: z.string(),
    /** null: the provider does not tell; a reinstall then needs one named. */
    image: z.string().nullable(),
    ipv4: z.string().nullable(),
    ipv6: z.string().nullable(),
    backups: z.boolean(),
    tags: z.array(z.string()),
    dns_name: z.string().nullable(),
    password_known: z.boolean(),
  }),
  /** What becomes different at the providers: the server's tag and the DNS records, nothing else. */
  changes: z.array(z.string()),
  /** What is not known and stays as it is. */
  not_taken_over: z.array(z.string()),
});
export type InventoryImportPreview = z.infer<typeof InventoryImportPreview>;
