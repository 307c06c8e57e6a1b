/** Who does something, and for whom. */
export type ActorKind = 'user' | 'token' | 'service_account' | 'system';

export interface Actor {
  readonly kind: ActorKind;
  /** Of its row; of the system, what of Plinth it is, for example `drift`. */
  readonly id: string;
  readonly name: string;
  /** Whom it stands in for: staff who act as a customer. */
  readonly onBehalfOf?: OnBehalfOf;
}

export interface OnBehalfOf {
  readonly kind: 'user' | 'organization';
  readonly id: string;
  readonly name: string;
}
