/** Differences to the vendor's schema that are meant: the difference as the provider contract names it, and why. */
export const schemaExceptions: Readonly<Record<string, string>> = {
  'Droplet.gpuPartitionMode: unknown to the vendor': 'The reference data is of 4.76; the pinned package has it.',
};
