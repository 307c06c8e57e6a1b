/**
 * In what providers differ beside their calls: what carries a server's mark, how a life there is paid for and ends, what a
 * person must do. A provider says it as data; the service, the component and the contract suite read it here.
 */
import type { CallOptions, Capability, Money } from './terms.ts';

/**
 * What carries the mark by which a retry finds its own server. `label` is a pair whose key is the mark and whose value is
 * empty; `order` is the number of a purchase, which is known only afterwards: such a provider never repeats a purchase.
 */
export type MarkCarrier = 'tag' | 'label' | 'name' | 'hostname' | 'comment' | 'order';

export interface MarkRules {
  readonly carrier: MarkCarrier;
  /** Whether a program's further tags are kept beside the mark. */
  readonly keepsTags: boolean;
}

/** How a server's life ends when its end is ordered. */
export interface Ending {
  /**
   * now: deleted, and nothing more is paid. period-end: it lives, and is paid for, until the end of its paid period.
   * person: somebody ends it outside, and says so.
   */
  readonly when: 'now' | 'period-end' | 'person';
  /** Whether an ordered end can be taken back before it comes. */
  readonly undo: Capability;
}

/** Of a server whose end is ordered and has not come. */
export interface OrderedEnd {
  /** ISO 8601; null where the provider does not tell. */
  readonly at: string | null;
}

/** A term that is paid in advance. Decimal strings in the plan's currency, for the whole term. */
export interface PrepaidPeriod {
  /** What an order names it by; absent where months say it. */
  readonly id?: string;
  readonly months: number;
  /** With what is paid once, as for the set-up. */
  readonly first: string;
  readonly renewal: string;
}

/** What became of an administrator's password that was asked for anew. */
export type PasswordReset =
  /** It is the one that was asked for. */
  | { readonly how: 'set' }
  /** The provider made one, which is told here and never again. */
  | { readonly how: 'made'; readonly password: string }
  /** The provider made one and mailed it to the holder of the account. */
  | { readonly how: 'mailed'; readonly to: string | null };

export interface ConsoleAccess {
  /** `vnc` and `serial` speak over a websocket, `page` is the provider's own page. */
  readonly kind: 'vnc' | 'serial' | 'page';
  /** `wss:`, `https:`, or at the simulator `ws:` and `http:`. Secret: it lets its holder in. */
  readonly url: string;
  /** Secret; asked for by the other end. */
  readonly password?: string;
  /** ISO 8601; null where it lasts, or nobody tells. */
  readonly expiresAt: string | null;
  /** Of the websocket, where the other end asks for one. */
  readonly subprotocol?: string;
}

/** What an account used since a moment, in the provider's words and money. */
export interface Consumption {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly total: Money;
  /** By server, where the provider tells. */
  readonly servers?: readonly { readonly instanceId: string; readonly cost: Money }[];
}

/** What a person does where no API does it. */
export type PersonTaskKind =
  | 'provision'
  | 'power-on'
  | 'power-off'
  | 'reboot'
  | 'resize'
  | 'reinstall'
  | 'reset-password'
  | 'rename'
  | 'terminate';

export interface PersonTaskField {
  /** In snake_case, unique in its form. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** `secret` is sealed, never shown again and a secret of the stack. */
  readonly type: 'text' | 'long-text' | 'secret' | 'ipv4' | 'ipv6' | 'integer' | 'date' | 'choice';
  readonly required: boolean;
  /** Of a choice. */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** A step that waits for a person; its operation holds no worker meanwhile. */
export interface PersonTask {
  readonly title: string;
  /** What to do, with everything that is known of the server: a person reads nothing else. */
  readonly text: string;
  readonly form: readonly PersonTaskField[];
}

/** What a task is about, as far as it is known. */
export interface PersonTaskSubject {
  readonly vpsId: string;
  readonly label: string;
  readonly hostname: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  readonly instanceId: string | null;
  readonly ipv4: string | null;
}

/** Values of a task's form by field name, checked against it; those of `secret` fields are secret. */
export type PersonAnswers = Readonly<Record<string, string>>;

/** Calls of providers where a paid period ends a life. */
export interface EndingClient {
  /** Null while no end is ordered. */
  orderedEnd(id: string, o?: CallOptions): Promise<OrderedEnd | null>;
  /** Orders the end with what is paid; one that is ordered already counts as done. */
  setEnd(id: string, o?: CallOptions): Promise<OrderedEnd>;
  /** Takes an ordered end back; absent where `ending.undo` cannot. One that was not ordered counts as done. */
  undoEnd?(id: string, o?: CallOptions): Promise<void>;
}

/** Where a descriptor says nothing: tags, and gone when deleted. */
export const USUAL_MARK: MarkRules = { carrier: 'tag', keepsTags: true };
export const USUAL_ENDING: Ending = {
  when: 'now',
  undo: { can: false, reason: 'A server is deleted at once there; nothing is left to take back.' },
};

export function markOf({ mark }: { readonly mark?: MarkRules }): MarkRules {
  return mark ?? USUAL_MARK;
}

export function endingOf({ ending }: { readonly ending?: Ending }): Ending {
  return ending ?? USUAL_ENDING;
}
