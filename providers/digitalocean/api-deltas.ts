/** Where the live API differs from its published document, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  {
    matches: /distribution must be equal to one of the allowed values/,
    reason: 'The document’s list of distributions is older than the catalogue.',
  },
];
