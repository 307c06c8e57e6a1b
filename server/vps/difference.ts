/** One way in which a provider has something otherwise than the stack recorded it. */
export interface Difference {
  readonly object: 'instance' | 'record';
  /** The instance's id, or the record's name and type. */
  readonly name: string;
  readonly field: string;
  readonly recorded: string | null;
  readonly actual: string | null;
}
