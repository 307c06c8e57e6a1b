/** Where the live API differs from its published document of 2023, and why; see README.md. */
export const apiDeltas: readonly { readonly matches: RegExp; readonly reason: string }[] = [
  { matches: / 4\d\d: .* has no body$/, reason: 'The live API answers every error with a JSON body; the document leaves it out.' },
  { matches: /monthly_cost must be integer/, reason: 'Some plans do not cost whole dollars.' },
];
