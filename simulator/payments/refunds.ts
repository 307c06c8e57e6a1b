/** Refunds and disputes. A flag `refund-pending` or `refund-fails` decides how a refund goes on after it was accepted. */
import type { SimWorld } from '../../providers/simulation.ts';
import { invalid } from './errors.ts';
import { tell } from './events.ts';
import { all, type Charge, type Dispute, fresh, type Refund } from './objects.ts';

const LATER_MS = 60_000;

export function watchRefunds(world: SimWorld): void {
  world.onTimer('refund-ends', ({ refund, failed }) => {
    const found = all(world, 'refunds').get(String(refund));
    if (found?.status === 'pending' || found?.status === 'succeeded') end(world, found, failed === true);
  });
}

export function refundCharge(
  world: SimWorld,
  charge: Charge,
  asked: number | undefined,
  reason: string | null,
  metadata: Record<string, string>,
): Refund {
  if (charge.status !== 'succeeded') throw invalid('This PaymentIntent does not have a successful charge to refund.', 'payment_intent');
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  const amount = asked ?? left;
  if (!(amount > 0)) throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer');
  if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, 'amount');
  const [pending, fails] = [world.hasFlag('refund-pending'), world.hasFlag('refund-fails')];
  const refund = all(world, 'refunds').put({
    ...fresh(world, 'refunds', 'refund'),
    amount,
    currency: charge.currency,
    charge: charge.id,
    payment_intent: charge.payment_intent,
    status: pending || fails ? 'pending' : 'succeeded',
    reason,
    metadata,
  });
  const after = all(world, 'charges').put({ ...charge, amount_refunded: charge.amount_refunded + amount, refunded: amount === left });
  tell(world, 'refund.created', refund);
  tell(world, 'charge.refunded', after);
  if (pending || fails) world.schedule('refund-ends', { refund: refund.id, failed: fails }, LATER_MS);
  return refund;
}

/** Failed, its money is the seller's again. */
function end(world: SimWorld, refund: Refund, failed: boolean): void {
  const ended = all(world, 'refunds').put({
    ...refund,
    status: failed ? 'failed' : 'succeeded',
    ...(failed ? { failure_reason: 'lost_or_stolen_card' } : {}),
  });
  if (failed) {
    const charge = all(world, 'charges').get(refund.charge)!;
    all(world, 'charges').put({ ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
    tell(world, 'refund.failed', ended);
  }
  tell(world, 'refund.updated', ended);
}

export function openDispute(world: SimWorld, charge: Charge, reason: string): Dispute {
  const dispute = all(world, 'disputes').put({
    ...fresh(world, 'disputes', 'dispute'),
    amount: charge.amount - charge.amount_refunded,
    currency: charge.currency,
    charge: charge.id,
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
    evidence: {},
    metadata: {},
  });
  all(world, 'charges').put({ ...charge, disputed: true });
  tell(world, 'charge.dispute.created', dispute);
  return dispute;
}

/** Stripe's words for a test: `winning_evidence` wins, `losing_evidence` loses [docs.stripe.com/testing#disputes]. */
export function endDispute(world: SimWorld, dispute: Dispute, status: 'won' | 'lost', evidence: Record<string, string> = {}): Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') throw invalid(`This dispute is already ${dispute.status}.`);
  const ended = all(world, 'disputes').put({ ...dispute, status, evidence: { ...dispute.evidence, ...evidence } });
  tell(world, 'charge.dispute.closed', ended);
  return ended;
}
