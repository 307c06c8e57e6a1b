/** Where the live API differs from its published document, and why; see README.md. */
/** Of the vendor's documents. */
export const apiDocuments: readonly string[] = `ovh-vps ovh`.split(' ');
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: / 200 has no body$/, reason: 'A void answer is the JSON text `null`.' },
  {
    matches: / never answers (?:400|403|404|409|460)$/,
    reason: 'The document of VPSes leaves errors out; the others have them for every call.',
  },
];
