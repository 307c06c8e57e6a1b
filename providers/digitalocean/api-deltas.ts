/** Where the live API differs from its published document, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  {
    matches: /distribution must be equal to one of the allowed values/,
    reason: 'The document’s list of distributions is older than the catalogue.',
  },
  {
    matches: /^GET \/v2\/monitoring\/metrics\/droplet\/cpu \d+: .* is not in the document$/,
    reason: 'The reference data has an extract of the document, in which bandwidth is the only one of the metrics.',
  },
];
