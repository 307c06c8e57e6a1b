/**
 * What must follow in the same transaction, said upwards: a domain tells what happened, and those above it that registered
 * here act in the transaction that makes it so. All else is an event.
 */
import type { Db } from './database.ts';

/**
 * `invoice.paid`: it is settled, by money, credit or a total of zero. `invoice.voided`: nothing is owed for it any more.
 * `invoice.reversed`: its money was taken back by a lost dispute or a returned debit, and `debtInvoiceId` asks for it again.
 * `invoice.settling`: its row is about to be locked by who books money; those who lock theirs before an invoice's do so now.
 * `charge.failed`: a charge without the payer did not work; `retryable` says whether the same method may work later.
 * `payment.late`: money came for an invoice that is void; a handler that answers `true` has made it payable another way.
 * `refund.owed`: what was paid for something that the customer does not get goes back, as `owed` says.
 * `refund.settled`: nothing that was to go back for the invoice is under way any more.
 */
export type InvoiceHook =
  | 'invoice.settling'
  | 'invoice.paid'
  | 'invoice.voided'
  | 'invoice.reversed'
  | 'charge.failed'
  | 'payment.late'
  | 'refund.owed'
  | 'refund.settled';

/** What goes back, and why. */
export interface Owed {
  /** With its tax; null: all that is left of the invoice. */
  readonly gross: bigint | null;
  /** `payer`: by the way it came, as far as a provider can; what is left, and all of it with `balance`, becomes credit. */
  readonly to: 'payer' | 'balance';
  readonly reason: string;
  /** The same cause gives back once. */
  readonly cause: string;
  readonly actor: string;
}

/** The invoice it is about. */
export interface HookSubject {
  readonly invoiceId: string;
  readonly organizationId: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly subscriptionId: string | null;
  readonly debtInvoiceId?: string;
  readonly retryable?: boolean;
  readonly owed?: Owed;
  /** When it happened, in business time. */
  readonly at: Date;
}

/** What is added to a subscription, and that its server has not by itself, as it was and as it is now. */
export interface OptionsChanged {
  readonly subscriptionId: string;
  readonly organizationId: string;
  readonly vpsId: string | null;
  readonly productName: string;
  /** Who asked for it. */
  readonly by: string;
  readonly options: readonly { readonly name: string; readonly before: number; readonly after: number }[];
}

/** `options.changed`: a person gives a server more or less of what was added to it. */
export type HookName = InvoiceHook | 'options.changed';
export type SubjectOf<Name extends HookName> = Name extends InvoiceHook ? HookSubject : OptionsChanged;
export type HookHandler<Name extends HookName> = (tx: Db, subject: SubjectOf<Name>) => Promise<boolean | void>;

export class Hooks {
  readonly #handlers = new Map<HookName, Map<string, HookHandler<any>>>();

  /** `owner` names who acts; a second registration of it takes the place of the first. */
  register<Name extends HookName>(name: Name, owner: string, handler: HookHandler<Name>): void {
    const handlers = this.#handlers.get(name) ?? new Map<string, HookHandler<any>>();
    this.#handlers.set(name, handlers.set(owner, handler));
  }

  /** In the order of registration; what one throws undoes the whole transaction. True when a handler answered `true`. */
  async run<Name extends HookName>(name: Name, tx: Db, subject: SubjectOf<Name>): Promise<boolean> {
    let taken = false;
    for (const handler of this.#handlers.get(name)?.values() ?? []) taken = (await handler(tx, subject)) === true || taken;
    return taken;
  }
}
