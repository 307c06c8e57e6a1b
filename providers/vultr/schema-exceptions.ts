/** Meant differences from the vendor's published schema, each with its reason. */
export const schemaExceptions: Readonly<Record<string, string>> = {
  'FirewallGroup.description: unknown to the vendor':
    "The reference data leaves out every key named `description`; the vendor's SDK has it (FirewallGroupArgs).",
  'ReverseIpv6: unknown to the vendor':
    "The reference data leaves the resource out; the vendor's SDK has it (ReverseIpv6Args), all replacing.",
};
