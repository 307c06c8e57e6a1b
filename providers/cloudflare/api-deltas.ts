/** Where the live API differs from its published document of 2024, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  {
    matches: /^(POST|PUT) .*dns_records.* request: \/ must have required property '(created_on|id|modified_on|proxiable)'/,
    reason: 'The document takes the answer’s schema for the request; these are read-only.',
  },
  { matches: /dns_records\/\* 404: /, reason: 'The document describes a record that is there, whatever the status.' },
  { matches: /owner\/id must be string/, reason: 'Null for zones of an account, as recorded.' },
];
