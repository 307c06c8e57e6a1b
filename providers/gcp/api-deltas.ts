/** Where the live API differs from its published document, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: / (?:\/token|\/v1\/|\/v3\/)\S* .*is not in the document$/, reason: 'Tokens, prices and measurements are APIs of their own.' },
];
