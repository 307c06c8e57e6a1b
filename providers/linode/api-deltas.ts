/** Where the live API differs from its published document of 2024, and why; see README.md. */
const LATER =
  'disk_encryption|interface_generation|maintenance_policy|site_type|accelerated_devices|locks|' +
  'interface_id|reserved|assigned_entity|entities|version|fingerprint|is_shared|interfaces_for_new_linodes';

export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: new RegExp(`additional properties .*"(${LATER})"`), reason: 'Added after the document; the vendor’s Go client reads it.' },
  {
    matches:
      /^POST \/v4\/linode\/instances (request|\d+): \/ must NOT have additional properties .*"(backups_enabled|label|region|tags|type|firewall_id|booted)"/,
    reason: 'The document closes one half of an allOf against the other.',
  },
  {
    matches:
      /^POST \/v4\/linode\/instances\/\*\/rebuild request: \/ must NOT have additional properties .*"(booted|image|root_pass|authorized_keys|metadata)"/,
    reason: 'The document closes one half of an allOf against the other.',
  },
  {
    matches:
      /^POST \/v4\/networking\/firewalls request: \/(rules)? must NOT have additional properties .*"(devices|inbound_policy|outbound_policy)"/,
    reason: 'The document closes one half of an allOf against the other.',
  },
  { matches: /\/secondary_entity\/id must be string/, reason: 'A number in recordings of disk_imagize and disk_create.' },
  { matches: /\/snapshot\/(current|in_progress) must be object/, reason: 'Null in recordings of a server without one.' },
  { matches: /\/backups 200: .*\/finished must be string/, reason: 'A backup under way has no such date yet; the document forgets that.' },
  { matches: /^GET \/v4\/regions\/availability \d+: .*"data"/, reason: 'The document closes one half of an allOf against the other.' },
  {
    matches: /\/(last_successful|rate|secondary_entity|rdns|vpc_nat_1_1|disk_id|volume_id|sd[a-h]) must be (string|object|integer)/,
    reason: 'Nullable in recordings; the document forgets it.',
  },
  { matches: /\/configs \d+: .*"(created|initrd|updated)"/, reason: 'In recordings and in the vendor’s Go client, not in the document.' },
  {
    matches: /\/root_device must match pattern|\/interfaces must NOT have fewer than 1 items/,
    reason: 'The document writes prose as a pattern, and wants an interface where recordings have none.',
  },
  { matches: /\/class must be equal to one of the allowed values/, reason: 'Plans of accelerators came later.' },
];
