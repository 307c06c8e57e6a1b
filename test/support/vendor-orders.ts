/** What a person orders at a vendor, and gets. */

/** A vendor's whole answer about a server. */
export type Told = Readonly<Record<string, unknown>>;

export interface MadeServer {
  readonly id: string;
  readonly tags: readonly string[];
  readonly told: Told;
}

export interface Order {
  readonly label: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  readonly tags: readonly string[];
  readonly backups: boolean;
  readonly password: string;
}
