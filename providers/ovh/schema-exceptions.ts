/** Where the resources here differ from the vendor's schema on purpose, by the difference's line. */
export const schemaExceptions: Readonly<Record<string, string>> = {
  'CloudInstance.imageId: replaces here true': 'An update never wipes a disk: another image is another server, which the guard refuses.',
  'CloudInstance.serviceName: required here false': 'The project is part of the account’s credential, so that no program names it.',
  'CloudInstance.userData: unknown to the vendor': 'The calls behind it are those of the API’s first version, which take user data.',
};
