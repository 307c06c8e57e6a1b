/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { ActorKind } from './audit.ts';
import type {
  BillingProfileAnswer,
  BillingProfileChange,
  CreditAnswer,
  CreditChange,
  Seller,
  SellerAnswer,
  TaxRateAnswer,
  TaxRateCreate,
  TaxRateEnd,
  VatCheckAnswer,
} from './billing.ts';
import type { BrandAnswer, BrandPatch } from './brand.ts';
import type { BulkAnswer, BulkCreate, BulkStop } from './bulk.ts';
import type { CouponAnswer, CouponCreate } from './coupon.ts';
import type { DeviceLoginAnswer, DeviceLoginBegin, DeviceLoginBegun } from './device-login.ts';
import type { DriftAct, DriftAnswer, DriftDismiss, InventoryAnswer, InventoryDelete } from './drift.ts';
import type { FoundList } from './find.ts';
import type { ImpersonationAnswer, ImpersonationStart } from './impersonation.ts';
import type { CreditNoteAnswer, CreditNoteCreate, InvoiceAnswer, InvoiceCreate, TopUpCreate } from './invoice.ts';
import type { DeadLetterAnswer, DeadLetterDismiss, GivenUpDecided } from './jobs.ts';
import type { VpsAction } from './lifecycle.ts';
import type { MaintenanceAnswer } from './maintenance.ts';
import type { OperationAnswer } from './operation.ts';
import type { OrderAnswer, OrderCreate, QuoteAnswer, QuoteRequest } from './order.ts';
import type { OrganizationAnswer, OrganizationCreate, OrganizationProfilePatch, TermsAccept, TermsStanding } from './organization.ts';
import type { AttemptAnswer, PaymentAccountAnswer, PaymentAccountChange, PaymentMethodList } from './payment.ts';
import type {
  EmailOnly,
  Ended,
  LinkSecret,
  Me,
  MePatch,
  OrganizationChoice,
  PasskeyAdd,
  PasskeyList,
  PasswordChange,
  PasswordProof,
  SecondFactorCode,
  TwoFactorSetUp,
  UserAnswer,
  UserDisable,
} from './people.ts';
import type { PersonTaskAnswer, PersonTaskAnswered } from './person-task.ts';
import type { PersonErase, PersonErased, PersonExport, SelfErase } from './privacy.ts';
import type { PriceChangeAnswer, PriceChangeRequest, PriceRequest, ProductAnswer, ProductCreate } from './product.ts';
import type { AccountAnswer, AccountCreate, AccountUsage } from './provider.ts';
import type { ServiceAccountAnswer, ServiceAccountCreate } from './service-account.ts';
import type { SetupFinished, SetupSecrets } from './setup-profile.ts';
import type { SimulatorChange, SimulatorFault, SimulatorFaultCreate } from './simulator.ts';
import type { SshKeyAnswer, SshKeyCreate } from './ssh-key.ts';
import type { SubscriptionAnswer, SubscriptionCancel, SubscriptionChangeRequest } from './subscription.ts';
import type { TestClockAdvance, TestClockAnswer, TestClockCreate } from './test-clock.ts';
import type { TicketWhole } from './ticket.ts';
import type { TokenAnswer, TokenCreate, TokenCreated } from './token.ts';
import type { VpsPlanAnswer, VpsPlanCreate, VpsPlanPatch } from './vps-plan.ts';
import type { VpsAccepted, VpsCreate, VpsEnding } from './vps.ts';
import type { WebhookAnswer, WebhookCreate, WebhookSecretAnswer } from './webhook.ts';

export interface Routes1 {
  /** Make the provider’s state the record. Needs drift:act. */
  acceptDrift: { request: { id: string; body?: DriftAct }; answer: DriftAnswer };
  /** Accept an invitation as the person who is signed in, whose address it is for. Needs session:own. */
  acceptInvitation: { request: { body: LinkSecret }; answer: undefined };
  /** Accept the terms of use that hold now, for the organization. Needs organization:update. */
  acceptTerms: { request: { query?: { organization_id?: string }; body: TermsAccept }; answer: TermsStanding };
  /** Begin to act as a customer, for an hour at most: requests then name it with x-plinth-acting. Needs impersonation:start or impersonation:write. */
  actAsCustomer: { request: { body: ImpersonationStart }; answer: ImpersonationAnswer };
  /** Start, stop, rename, resize, reinstall, snapshot, restore, rescue, suspend and so on. Needs vps:configure or snapshot:delete or vps:power or vps:reinstall or vps:rename or vps:rescue or vps:reset-password or vps:resize or snapshot:restore or snapshot:create or vps:suspend or vps:destroy or vps:undo. */
  actOnVps: { request: { id: string; body: VpsAction }; answer: VpsAccepted };
  /** Add the passkey that the browser made. Needs session:own. */
  addPasskey: { request: { body: PasskeyAdd }; answer: PasskeyList };
  /** Advance a test clock, forward only; everything that falls due on the way happens, in order. Needs test-clock:write. */
  advanceTestClock: { request: { id: string; body: TestClockAdvance }; answer: TestClockAnswer };
  /** Announce another price to those who have the product, a month ahead; each is told, and may cancel. Needs price:write. */
  announcePriceChange: { request: { id: string; body: PriceChangeRequest }; answer: PriceChangeAnswer };
  /** Let the command line in as you, or refuse it; who has a second factor shows it first. Needs session:own. */
  answerDeviceLogin: { request: { body: DeviceLoginAnswer }; answer: undefined };
  /** Say that it is done, with what the form asks for; its operation goes on. Needs task:answer. */
  answerTask: { request: { id: string; body: PersonTaskAnswer }; answer: PersonTaskAnswered };
  /** Have a link sent that sets a new password; the answer is the same for an unknown address. Needs no token. */
  askForPasswordReset: { request: { body: EmailOnly }; answer: undefined };
  /** Begin to let a command line in: it shows the code, a person answers in the browser. Needs no token. */
  beginDeviceLogin: { request: { body: DeviceLoginBegin }; answer: DeviceLoginBegun };
  /** Begin to set up an authenticator; it counts once a code of it was confirmed. Needs session:own. */
  beginSecondFactor: { request: { body: PasswordProof }; answer: TwoFactorSetUp };
  /** Let an organization order and make nothing new; what it has goes on. Needs organization:block. */
  blockOrganization: { request: { id: string; body: DriftDismiss }; answer: OrganizationAnswer };
  /** Skip what was not ordered yet; what is under way ends by itself. Needs bulk:run. */
  cancelBulkRun: { request: { id: string; body?: BulkStop }; answer: BulkAnswer };
  /** Call planned work off; the customers are told. Needs maintenance:write. */
  cancelMaintenance: { request: { id: string }; answer: MaintenanceAnswer };
  /** Cancel an operation. Needs operation:cancel. */
  cancelOperation: { request: { id: string }; answer: OperationAnswer };
  /** Cancel an order that is not paid, or give up one that could not be fulfilled. Needs order:cancel. */
  cancelOrder: { request: { id: string; body?: BulkStop }; answer: OrderAnswer };
  /** End a page that waits for its payer; what was paid meanwhile counts. Needs invoice:pay. */
  cancelPaymentAttempt: { request: { id: string }; answer: AttemptAnswer };
  /** Cancel a subscription, with the end of its period or now. Needs subscription:cancel. */
  cancelSubscription: { request: { id: string; body?: SubscriptionCancel }; answer: SubscriptionAnswer };
  /** Say whom an organization’s invoices are for; those that were issued stay. Needs organization:set-billing. */
  changeBillingProfile: { request: { query?: { organization_id?: string }; body: BillingProfileChange }; answer: BillingProfileAnswer };
  /** Change name, logo or colours; pages and mails follow at once. Needs brand:write. */
  changeBrand: { request: { body: BrandPatch }; answer: BrandAnswer };
  /** Give an organization credit, or take some away. Needs credit:write. */
  changeCredit: { request: { body: CreditChange }; answer: CreditAnswer };
  /** Change your name, language and time zone. Needs session:own. */
  changeMe: { request: { body?: MePatch }; answer: Me };
  /** Change your password; your other sessions end. Needs session:own. */
  changeMyPassword: { request: { body: PasswordChange }; answer: undefined };
  /** Its name for people, and whether its members need a second factor. Needs organization:update or organization:set-sign-in. */
  changeOwnOrganization: { request: { query?: { organization_id?: string }; body: OrganizationProfilePatch }; answer: OrganizationAnswer };
  /** Stop or go on taking money there; what is under way ends by itself. Needs payment-account:write. */
  changePaymentAccount: { request: { provider: string; body: PaymentAccountChange }; answer: PaymentAccountAnswer };
  /** Say who the invoices are from; those that were issued stay. Needs tax:write. */
  changeSeller: { request: { body: Seller }; answer: SellerAnswer };
  /** Delete, switch, rename or resize a simulated server behind Plinth’s back. Needs simulator:act. */
  changeSimulatorInstance: { request: { provider: string; id: string; body: SimulatorChange }; answer: undefined };
  /** Ask for another product, interval or number of options; what it costs for the days that are left is paid first. Needs subscription:change. */
  changeSubscription: { request: { id: string; body?: SubscriptionChangeRequest }; answer: SubscriptionAnswer };
  /** Change any fields of a plan. Needs product:write. */
  changeVpsPlan: { request: { id: string; body?: VpsPlanPatch }; answer: VpsPlanAnswer };
  /** Charge what an invoice owes by the organization’s default method. Needs invoice:pay. */
  chargeInvoice: { request: { id: string }; answer: AttemptAnswer };
  /** Try the key at the provider now. Needs account:check. */
  checkAccount: { request: { id: string }; answer: AccountAnswer };
  /** Ask the tax office about an organization’s tax id, and keep what it answers. Needs organization:set-billing. */
  checkTaxId: { request: { query?: { organization_id?: string } }; answer: VatCheckAnswer };
  /** Act for another organization of yours in this session. Needs session:own. */
  chooseOrganization: { request: { body: OrganizationChoice }; answer: undefined };
  /** Close an organization that has no living VPS; nothing acts in its name any more. Needs organization:close. */
  closeOrganization: { request: { query?: { organization_id?: string }; body: DriftDismiss }; answer: OrganizationAnswer };
  /** Close a ticket that is settled. Needs ticket:write. */
  closeTicket: { request: { id: string }; answer: TicketWhole };
  /** Confirm the authenticator with a code of it. Needs session:own. */
  confirmSecondFactor: { request: { body: SecondFactorCode }; answer: undefined };
  /** Add an account; its key is tried at the provider first. Needs account:create. */
  createAccount: { request: { body: AccountCreate }; answer: AccountAnswer };
  /** Do one action to many VPSes, first to a few, then at a chosen pace. Needs bulk:run. */
  createBulkRun: { request: { body: BulkCreate }; answer: BulkAnswer };
  /** Make a coupon. Needs coupon:write. */
  createCoupon: { request: { body: CouponCreate }; answer: CouponAnswer };
  /** Correct an issued invoice; what was paid of it becomes credit. A refund has its own note. Needs invoice:write. */
  createCreditNote: { request: { id: string; body: CreditNoteCreate }; answer: CreditNoteAnswer };
  /** Write an invoice by hand. Needs invoice:write. */
  createInvoice: { request: { body: InvoiceCreate }; answer: InvoiceAnswer };
  /** Place an order as it was quoted; its stock is held until it is paid or expires. Needs order:place. */
  createOrder: { request: { body: OrderCreate }; answer: OrderAnswer };
  /** Add an organization. Needs organization:create. */
  createOrganization: { request: { body: OrganizationCreate }; answer: OrganizationAnswer };
  /** Add a product; it is hidden until its visibility is public. Needs product:write. */
  createProduct: { request: { body: ProductCreate }; answer: ProductAnswer };
  /** Set a price; the one before it ends when it begins, and what runs keeps its own. Needs price:write. */
  createProductPrice: { request: { id: string; body: PriceRequest }; answer: ProductAnswer };
  /** Ask what servers would cost, where they would be placed, and what their stacks would ask for. Needs quote:make. */
  createQuote: { request: { body: QuoteRequest }; answer: QuoteAnswer };
  /** Add a service account; its tokens are made apart. Needs service-account:write. */
  createServiceAccount: { request: { body: ServiceAccountCreate }; answer: ServiceAccountAnswer };
  /** Switch a fault on. Needs simulator:act. */
  createSimulatorFault: { request: { body: SimulatorFaultCreate }; answer: SimulatorFault };
  /** Keep a public key, to be picked for servers. Needs ssh-key:write. */
  createSshKey: { request: { body: SshKeyCreate }; answer: SshKeyAnswer };
  /** Add a tax rate; the one that holds then ends on that day. Needs tax:write. */
  createTaxRate: { request: { body: TaxRateCreate }; answer: TaxRateAnswer };
  /** Give organizations a clock of their own that stands until it is advanced; in development. Needs test-clock:write. */
  createTestClock: { request: { body: TestClockCreate }; answer: TestClockAnswer };
  /** Make a token; its secret is in this answer only. Needs token:write. */
  createToken: { request: { body: TokenCreate }; answer: TokenCreated };
  /** Ask to put credit on account: a pro forma that becomes credit when it is paid. Needs invoice:pay. */
  createTopUp: { request: { body: TopUpCreate }; answer: InvoiceAnswer };
  /** Create a VPS. Needs vps:create. */
  createVps: { request: { body: VpsCreate }; answer: VpsAccepted };
  /** Sell a plan of an account. Needs product:write. */
  createVpsPlan: { request: { body: VpsPlanCreate }; answer: VpsPlanAnswer };
  /** Add an endpoint; the secret that signs is shown this once. Needs webhook:write. */
  createWebhook: { request: { body: WebhookCreate }; answer: WebhookSecretAnswer };
  /** Remove an account that nothing uses. Needs account:delete. */
  deleteAccount: { request: { id: string }; answer: undefined };
  /** Take a member out of the organization. Needs member:write. */
  deleteMember: { request: { id: string; query?: { organization_id?: string } }; answer: undefined };
  /** Keep a look at a list no more. Needs session:own. */
  deleteMyView: { request: { list: 'vps'; name: string }; answer: undefined };
  /** Forget a passkey of yours. Needs session:own. */
  deletePasskey: { request: { id: string }; answer: undefined };
  /** Forget a payment method, here and at the provider. Needs payment-method:write. */
  deletePaymentMethod: { request: { id: string }; answer: PaymentMethodList };
  /** Delete a product that was never ordered. Needs product:delete. */
  deleteProduct: { request: { id: string }; answer: undefined };
  /** End a price now. Needs price:write. */
  deleteProductPrice: { request: { id: string; price: string }; answer: ProductAnswer };
  /** Take the price rule away. Needs price:write. */
  deleteProductPriceRule: { request: { id: string }; answer: ProductAnswer };
  /** Remove a service account with its tokens. Needs service-account:write. */
  deleteServiceAccount: { request: { id: string }; answer: undefined };
  /** Switch a fault off. Needs simulator:act. */
  deleteSimulatorFault: { request: { id: string }; answer: undefined };
  /** Keep an SSH key no longer; servers that have it keep it. Needs ssh-key:write. */
  deleteSshKey: { request: { id: string }; answer: undefined };
  /** Delete an orphan, a dangling record or a leftover at its provider, its id typed, after two sightings. Needs inventory:delete. */
  deleteStray: { request: { id: string; body: InventoryDelete }; answer: InventoryAnswer };
  /** Revoke a token at once. Needs token:write. */
  deleteToken: { request: { id: string }; answer: TokenAnswer };
  /** Terminate a VPS, now or after a grace in which it can be taken back. Needs vps:destroy. */
  deleteVps: {
    request: { id: string; query?: { grace_hours?: number; final_snapshot?: boolean; override_reason?: string } };
    answer: VpsEnding;
  };
  /** Sell a plan no more. Needs product:delete. */
  deleteVpsPlan: { request: { id: string }; answer: undefined };
  /** Remove an endpoint, with its messages. Needs webhook:write. */
  deleteWebhook: { request: { id: string }; answer: WebhookAnswer };
  /** Let a person in no more: sessions and tokens of their command lines end at once, data stays. Needs user:disable. */
  disableUser: { request: { id: string; body: UserDisable }; answer: UserAnswer };
  /** Take one off the list until it happens again; the audit trail keeps why. Needs queue:act. */
  dismissDeadLetter: { request: { id: string; body: DeadLetterDismiss }; answer: DeadLetterAnswer };
  /** Leave it as it is until it changes again. Needs drift:act. */
  dismissDrift: { request: { id: string; body: DriftDismiss }; answer: DriftAnswer };
  /** Leave one unhandled for good. Needs queue:act. */
  dropGivenUpEvent: { request: { processor: string; position: string }; answer: GivenUpDecided };
  /** Forget all caught mails. Needs mailbox:act. */
  emptyMailbox: { request: {}; answer: undefined };
  /** Let a person in again. Needs user:disable. */
  enableUser: { request: { id: string }; answer: UserAnswer };
  /** End a coupon: nobody can use it any more, and who has it keeps it. Needs coupon:write. */
  endCoupon: { request: { id: string }; answer: CouponAnswer };
  /** End acting as a customer. Needs impersonation:start. */
  endImpersonation: { request: { id: string }; answer: undefined };
  /** End every session of yours but this one. Needs session:own. */
  endMyOtherSessions: { request: {}; answer: Ended };
  /** End one of your sessions; what it has open ends within seconds. Needs session:own. */
  endMySession: { request: { id: string }; answer: undefined };
  /** End every session of a person. Needs user:end-sessions. */
  endSessionsOfUser: { request: { id: string }; answer: Ended };
  /** Say from which day a tax rate holds no more. Needs tax:write. */
  endTaxRate: { request: { id: string; body: TaxRateEnd }; answer: TaxRateAnswer };
  /** Forget you: sessions, tokens and memberships end, and what must stay says a pseudonym. Needs session:own. */
  eraseMe: { request: { body: SelfErase }; answer: PersonErased };
  /** Forget a person: what must stay says a pseudonym. Needs user:erase. */
  eraseUser: { request: { id: string; body: PersonErase }; answer: PersonErased };
  /** Invoices, credit notes, payments and refunds of a time as CSV. Needs report:read. */
  exportAccounting: { request: { query: { from: string; to: string } }; answer: undefined };
  /** The audit trail as a file, oldest first. Needs audit:export. */
  exportAudit: {
    request: {
      query?: {
        target?: string;
        actor?: string;
        actor_kind?: ActorKind;
        action?: string;
        organization_id?: string;
        since?: string;
        until?: string;
        q?: string;
        format?: 'jsonl' | 'csv';
      };
    };
    answer: undefined;
  };
  /** Everything that is kept of you. Needs session:own. */
  exportMe: { request: {}; answer: PersonExport };
  /** Everything that is kept of a person, for who answers their question. Needs user:erase. */
  exportUser: { request: { id: string; body: PersonErase }; answer: PersonExport };
  /** A new server: its secrets, once, within an hour. Needs no token. */
  fetchSetupSecrets: { request: { key: string }; answer: SetupSecrets };
  /** Find anything by its id, number, address or name: of each kind that the caller may list, five at most. Needs session:own. */
  find: { request: { query: { q: string } }; answer: FoundList };
  /** A new server: its script has ended. Needs no token. */
  finishSetup: { request: { key: string; body: SetupFinished }; answer: undefined };
  /** One account. Needs account:read. */
  getAccount: { request: { id: string }; answer: AccountAnswer };
  /** Servers used of the limit, balance, and calls left, asked at the provider now. Needs account:read. */
  getAccountUsage: { request: { id: string }; answer: AccountUsage };
  /** Whom an organization’s invoices are for. Needs invoice:read. */
  getBillingProfile: { request: { query?: { organization_id?: string } }; answer: BillingProfileAnswer };
  /** Name, logo and colours of this installation. Needs no token. */
  getBrand: { request: {}; answer: BrandAnswer };
  /** What a phone installs the customers’ pages by. Needs no token. */
  getBrandManifest: { request: {}; answer: undefined };
}
