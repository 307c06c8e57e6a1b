/** The pages on which a person plays the payer. No scripts: forms do it. */
import type { Means } from './cards.ts';
import type { PaymentIntent, Session, SetupIntent } from './objects.ts';

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #1c1c1e; background: #fafafa; }
  h1 { font-size: 1.5rem; } .note { color: #555; } .error { color: #a40000; border-left: 4px solid #a40000; padding-left: .75rem; }
  label { display: block; padding: .35rem 0; } button { font: inherit; padding: .5rem 1.25rem; margin: 1rem .5rem 0 0; border-radius: 6px; border: 1px solid #444; background: #fff; cursor: pointer; }
  button.main { background: #1a5fb4; color: #fff; border-color: #1a5fb4; } code { font-size: .9em; }
  @media (prefers-color-scheme: dark) { body { background: #1c1c1e; color: #f2f2f2; } .note { color: #aaa; } .error { color: #ff8080; border-color: #ff8080; } button { background: #333; color: #fff; } }`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** As Stripe's page would say it: no decimals where the currency has none. */
function amountText(session: Session): string {
  if (session.amount_total === null) return '';
  const currency = (session.currency ?? '').toUpperCase();
  return new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' }).format(
    session.amount_total / 10 ** digitsOf(currency),
  );
}

function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function payPage(session: Session, means: Readonly<Record<string, Means>>, error: string | null): string {
  const setup = session.mode === 'setup';
  const said = error === null ? '' : `<p class="error" role="alert">${escaped(error)}</p>`;
  if (session.status !== 'open')
    return page('Payment', `<h1>This payment page has ended</h1>${said}<p>The session is ${session.status}.</p>`);
  const choices = Object.entries(means)
    .map(
      ([number, { label }], index) =>
        `<label><input type="radio" name="card" value="${number}"${index === 0 ? ' checked' : ''}> ${escaped(label)} <code>${number}</code></label>`,
    )
    .join('');
  const title = setup ? 'Save a payment method' : `Pay ${amountText(session)}`;
  return page(
    title,
    `<h1>${escaped(title)}</h1><p class="note">A simulated payment page: no money moves.${session._description === null ? '' : ` ${escaped(session._description)}`}</p>${said}
    <form method="post"><fieldset><legend>Pay with</legend>${choices}</fieldset>
    <button class="main" type="submit">${setup ? 'Save' : 'Pay'}</button><button type="submit" name="cancel" value="1">Cancel</button></form>`,
  );
}

export function askPage(intent: PaymentIntent | SetupIntent): string {
  if (intent.status !== 'requires_action') return donePage(intent.status);
  return page(
    '3-D Secure',
    `<h1>Your bank asks: is this you?</h1><p class="note">A simulated 3-D Secure page.</p>
    <form method="post"><button class="main" name="answer" value="yes">Complete</button><button name="answer" value="no">Fail</button></form>`,
  );
}

export function donePage(status: string): string {
  return page('Done', `<h1>Done</h1><p>The payment is ${escaped(status)}. You can close this page.</p>`);
}
