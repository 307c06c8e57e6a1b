/** Where the live API differs from its published document, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: / never answers (402|403|404|422|429)$/, reason: 'The document leaves these errors out; the live API has them.' },
  { matches: / has no body$/, reason: 'The same for the bodies of errors.' },
];
