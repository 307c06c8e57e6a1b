/** Differences to the vendor's schema that are meant: the difference as the contract suite names it, and why. */
const REPLACES_BY_CODE = 'The vendor’s plugin replaces on it in code; its schema cannot say so.';

const PROPERTIES = {
  RandomPassword: 'length lower upper special numeric number minLower minUpper minNumeric minSpecial overrideSpecial keepers',
  RandomId: 'byteLength prefix keepers',
  RandomPet: 'length separator prefix keepers',
};

export const schemaExceptions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PROPERTIES)
    .flatMap(([resource, names]) => names.split(' ').map((name) => `${resource}.${name}`))
    .map((place) => [`${place}: replaces here true`, REPLACES_BY_CODE]),
);
