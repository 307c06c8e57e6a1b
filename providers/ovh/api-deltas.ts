/** Where the live API differs from its published document, and why; see README.md. */
export const apiDocuments = ['ovh', 'ovh-vps'] as const;
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: / 200 has no body$/, reason: 'A void answer is the JSON text `null`.' },
  { matches: /\/ip\/.* never answers 404$/, reason: 'The document of addresses leaves errors out; the others have them for every call.' },
];
