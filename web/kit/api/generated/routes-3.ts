/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { TaxRateList, VatCheckList } from './billing.ts';
import type { BulkAnswer, BulkPreview, BulkPreviewRequest, BulkRetry, BulkStop } from './bulk.ts';
import type { ProviderBillList } from './business-drift.ts';
import type { BuyerAnswer, BuyerPut } from './buyer.ts';
import type { Console } from './console.ts';
import type { DeviceLoginClient, DeviceLoginCode, DeviceLoginPoll, DeviceLoginState } from './device-login.ts';
import type { DriftPolicyChange, DriftPolicyList } from './drift-policy.ts';
import type { DriftAct, DriftAnswer, KillSwitchChange, KillSwitches, SweepAnswer, SweepList } from './drift.ts';
import type { DunningPolicy, DunningPolicyAnswer } from './dunning.ts';
import type { InventoryImport, InventoryImportPreview } from './import.ts';
import type { InvoiceAnswer, InvoiceHold } from './invoice.ts';
import type { DeadLetterRetried, DeadLetterRetryMany, DeadLettersRetried, GivenUpDecided } from './jobs.ts';
import type { PreviewRequest } from './lifecycle.ts';
import type { MaintenanceAnswer, MaintenancePlan } from './maintenance.ts';
import type { MasterKeyRotated } from './master-key.ts';
import type { MetersAnswer, MetersRequest, UsageList, UsageReport } from './metered.ts';
import type { NotificationPreference, NotificationPreferences, NotificationsRead } from './notification.ts';
import type { OrderPolicyAnswer, OrderPolicyInput } from './order-policy.ts';
import type { OrderAnswer, OrderPayment, OrderReview } from './order.ts';
import type { OwnerChange, QuotaChange, QuotaList, TermsAnswer, TermsChange } from './organization.ts';
import type { Session, SignIn } from './overview.ts';
import type {
  AttemptAnswer,
  MethodSetup,
  MethodSetupAnswer,
  PayRequest,
  PaymentAccountAnswer,
  PaymentAccountPut,
  PaymentAnswer,
  PaymentMethodList,
  PaymentRecord,
  RefundAnswer,
  RefundCreate,
  RefundPage,
  WebhookSecrets,
} from './payment.ts';
import type {
  EmailOnly,
  InvitationAnswer,
  LinkSecret,
  PasskeyAnswer,
  PasswordProof,
  PasswordReset,
  PasswordSignIn,
  RecoveryCodes,
  SecondFactorCode,
  SetUp,
  SignInAnswer,
  SignUp,
  SignUpAnswer,
  UserList,
} from './people.ts';
import type { PersonTaskPage } from './person-task.ts';
import type {
  CandidatesRequest,
  ExchangeRate,
  ExchangeRateList,
  OptionsRequest,
  PriceRuleInput,
  ProductAnswer,
  ProductPage,
  StockRequest,
} from './product.ts';
import type { AccountAnswer, KeyRotate } from './provider.ts';
import type { SnapshotPage } from './recorded-snapshot.ts';
import type { ServiceAccountList } from './service-account.ts';
import type { SetupPreview, SetupPreviewRequest, SetupProfileAnswer, SetupProfileList, SetupPublish } from './setup-profile.ts';
import type { SimulatorInstances, SimulatorRecords, SimulatorRequests, SimulatorStock } from './simulator.ts';
import type { SnapshotList } from './snapshot.ts';
import type { SshKeyList } from './ssh-key.ts';
import type { StackResources, StackRollback, StackRolledBack } from './state.ts';
import type { SubscriptionChangePreview, SubscriptionChangeRequest, SubscriptionPage } from './subscription.ts';
import type { TicketOpen, TicketPage, TicketStatus, TicketWhole } from './ticket.ts';
import type { TokenCreated, TokenList, TokenRotate } from './token.ts';
import type { Metrics } from './usage.ts';
import type { VpsPlanList } from './vps-plan.ts';
import type { RevealAnswer, RevealRequest, VpsAccepted, VpsAnswer, VpsPage, VpsPreviewed, VpsRetry, VpsStatus, VpsTags } from './vps.ts';
import type { WebhookList, WebhookMessageAnswer, WebhookMessagePage, WebhookSecretAnswer } from './webhook.ts';

export interface Routes3 {
  /** List what is sold. Needs catalog:read. */
  listProducts: { request: { query?: { cursor?: string; limit?: number; retired?: boolean } }; answer: ProductPage };
  /** What providers charge for a month, every line explained by a VPS, a snapshot or an orphan. Needs report:read. */
  listProviderBills: { request: { query: { month: string; account_id?: string } }; answer: ProviderBillList };
  /** What the organization may have at most, and has. Needs quota:read. */
  listQuotas: { request: { query?: { organization_id?: string } }; answer: QuotaList };
  /** List refunds, newest first. Needs refund:read. */
  listRefunds: {
    request: { query?: { organization_id?: string; payment_id?: string; cursor?: string; limit?: number } };
    answer: RefundPage;
  };
  /** Service accounts. Needs service-account:read. */
  listServiceAccounts: { request: {}; answer: ServiceAccountList };
  /** Setup profiles with their versions. Needs template:read. */
  listSetupProfiles: { request: {}; answer: SetupProfileList };
  /** The simulated servers, whoever made them. Needs simulator:read. */
  listSimulatorInstances: { request: {}; answer: SimulatorInstances };
  /** The simulated DNS records. Needs simulator:read. */
  listSimulatorRecords: { request: {}; answer: SimulatorRecords };
  /** The last calls that reached the simulated providers. Needs simulator:read. */
  listSimulatorRequests: { request: { query?: { limit?: number; provider?: string } }; answer: SimulatorRequests };
  /** Recorded snapshots of all VPSes, also of terminated ones, with what they cost. Needs snapshot:read. */
  listSnapshots: {
    request: { query?: { cursor?: string; limit?: number; final?: boolean; vps_terminated?: boolean } };
    answer: SnapshotPage;
  };
  /** SSH keys that an organization keeps. Needs ssh-key:read. */
  listSshKeys: { request: { query?: { organization_id?: string } }; answer: SshKeyList };
  /** List subscriptions. Needs subscription:read. */
  listSubscriptions: {
    request: {
      query?: {
        cursor?: string;
        limit?: number;
        status?: 'pending' | 'active' | 'past_due' | 'suspended' | 'cancelling' | 'terminating' | 'ended';
        vps_id?: string;
        organization_id?: string;
      };
    };
    answer: SubscriptionPage;
  };
  /** The reconcilers: when they ran, what came of it, when they run next. Needs sweep:read. */
  listSweeps: { request: {}; answer: SweepList };
  /** What waits for a person, newest first. Needs task:read. */
  listTasks: {
    request: { query?: { cursor?: string; limit?: number; status?: 'waiting' | 'answered' | 'withdrawn'; vps_id?: string } };
    answer: PersonTaskPage;
  };
  /** The checks of an organization’s tax ids, with their evidence. Needs invoice:read. */
  listTaxIdChecks: { request: { query?: { organization_id?: string } }; answer: VatCheckList };
  /** List tax rates by country and time. Needs tax:read. */
  listTaxRates: { request: {}; answer: TaxRateList };
  /** List tickets. Needs ticket:read. */
  listTickets: { request: { query?: { cursor?: string; limit?: number; status?: TicketStatus; vps_id?: string } }; answer: TicketPage };
  /** List tokens, without their secrets: all, an organization’s, or one’s own. Needs token:read. */
  listTokens: { request: { query?: { service_account_id?: string } }; answer: TokenList };
  /** What a subscription has used, period by period, and what it came to. Needs subscription:read. */
  listUsage: { request: { id: string }; answer: UsageList };
  /** The people of this installation. Needs user:read. */
  listUsers: { request: { query?: { after?: string; limit?: number; search?: string } }; answer: UserList };
  /** Processor and network over time, where the provider measures them. Needs vps:read. */
  listVpsMetrics: { request: { id: string; query?: { from?: string; to?: string } }; answer: Metrics };
  /** Plans of accounts, with their markup. Needs product:read. */
  listVpsPlans: { request: {}; answer: VpsPlanList };
  /** What its stack holds, and what stands on what. Needs stack:read. */
  listVpsResources: { request: { id: string }; answer: StackResources };
  /** Snapshots and backups of a VPS, as its provider has them now. Needs snapshot:read. */
  listVpsSnapshots: { request: { id: string }; answer: SnapshotList };
  /** The tags in use, and on how many VPSes each is. Needs vps:read. */
  listVpsTags: { request: {}; answer: VpsTags };
  /** List VPSes. Needs vps:read. */
  listVpses: {
    request: {
      query?: {
        cursor?: string;
        limit?: number;
        status?: VpsStatus;
        provider?: string;
        region?: string;
        power?: 'running' | 'stopped' | 'unknown';
        busy?: boolean;
        tags?: string;
        q?: string;
        sort?: 'created_at' | '-created_at' | 'label' | '-label';
        include_deleted?: boolean;
        ids?: string;
        organization_id?: string;
        count?: boolean;
      };
    };
    answer: VpsPage;
  };
  /** What was sent to an endpoint, or waits to be. Needs webhook:read. */
  listWebhookMessages: {
    request: { id: string; query?: { status?: 'waiting' | 'delivered' | 'failed'; limit?: number; cursor?: string } };
    answer: WebhookMessagePage;
  };
  /** Endpoints that are told of events. Needs webhook:read. */
  listWebhooks: { request: {}; answer: WebhookList };
  /** Which program a code is of. Needs session:own. */
  lookAtDeviceLogin: { request: { body: DeviceLoginCode }; answer: DeviceLoginClient };
  /** What an invitation’s link is about. Needs no token. */
  lookAtInvitation: { request: { body: LinkSecret }; answer: InvitationAnswer };
  /** Charge what comes later by this method. Needs payment-method:write. */
  makePaymentMethodDefault: { request: { id: string }; answer: PaymentMethodList };
  /** Mark what you have read. Needs notification:own. */
  markNotificationsRead: { request: { body?: NotificationsRead }; answer: undefined };
  /** Say that a person has made what was ordered; its paid period begins. Needs order:act. */
  markOrderItemReady: { request: { id: string; item: string }; answer: OrderAnswer };
  /** Ask the seller something, about a server or in general. Needs ticket:write. */
  openTicket: { request: { body: TicketOpen }; answer: TicketWhole };
  /** Open its screen or serial line, where the provider has one. Needs vps:console. */
  openVpsConsole: { request: { id: string }; answer: Console };
  /** Order nothing more until it is resumed; what is under way ends by itself. Needs bulk:run. */
  pauseBulkRun: { request: { id: string; body?: BulkStop }; answer: BulkAnswer };
  /** A page where what an invoice owes is paid; asked again while one is open, the same page. Needs invoice:pay. */
  payInvoice: { request: { id: string; body?: PayRequest }; answer: AttemptAnswer };
  /** Book money that came for an order by another way; the same reference twice is one payment. Needs payment:record. */
  payOrder: { request: { id: string; body: OrderPayment }; answer: OrderAnswer };
  /** Plan work; the customers whose servers it is about are told. Needs maintenance:write. */
  planMaintenance: { request: { body: MaintenancePlan }; answer: MaintenanceAnswer };
  /** Whether the command line was let in; its token comes once. Needs no token. */
  pollDeviceLogin: { request: { body: DeviceLoginPoll }; answer: DeviceLoginState };
  /** Dry run: how many VPSes match, which are refused and why, what it costs. Needs bulk:run. */
  previewBulkRun: { request: { body: BulkPreviewRequest }; answer: BulkPreview };
  /** What an import would record, what it would change at the server, and what it cannot know. Needs inventory:import. */
  previewImport: { request: { id: string; body: InventoryImport }; answer: InventoryImportPreview };
  /** What a server would get, without one. Needs template:read. */
  previewSetupProfile: { request: { body?: SetupPreviewRequest }; answer: SetupPreview };
  /** What another product, interval or number of options would cost today. Needs subscription:read. */
  previewSubscriptionChange: { request: { id: string; body?: SubscriptionChangeRequest }; answer: SubscriptionChangePreview };
  /** Show what a change, or without one the next update, would do. Needs vps:refresh or vps:configure or snapshot:delete or vps:power or vps:reinstall or vps:rename or vps:rescue or vps:reset-password or vps:resize or snapshot:restore or snapshot:create or vps:suspend or vps:destroy or vps:undo. */
  previewVps: { request: { id: string; body?: PreviewRequest }; answer: VpsPreviewed };
  /** Publish a setup profile, or the next version of one. Needs template:write. */
  publishSetupProfile: { request: { body: SetupPublish }; answer: SetupProfileAnswer };
  /** Make or change a policy by its name; it holds from the next event of each subscription on. Needs dunning-policy:write. */
  putDunningPolicy: { request: { body: DunningPolicy }; answer: DunningPolicyAnswer };
  /** Book money that came by transfer; the same reference twice is one payment. Needs payment:record. */
  recordPayment: { request: { body: PaymentRecord }; answer: PaymentAnswer };
  /** Send a message again, under the same id. Needs webhook:write. */
  redeliverWebhookMessage: { request: { id: string; message: string }; answer: WebhookMessageAnswer };
  /** Ask the provider what is there now. Needs vps:refresh. */
  refreshVps: { request: { id: string }; answer: VpsAccepted };
  /** Give money back by the way it came, with a credit note for what it had paid. Needs refund:make. */
  refundPayment: { request: { id: string; body: RefundCreate }; answer: RefundAnswer };
  /** Make new recovery codes; the former ones count no more. Needs session:own. */
  renewRecoveryCodes: { request: { body: PasswordProof }; answer: RecoveryCodes };
  /** Make the provider’s state what the record says. Needs drift:act. */
  repairDrift: { request: { id: string; body?: DriftAct }; answer: DriftAnswer };
  /** Tell what was used in the period that runs, where nothing measures it; told again, the last one counts. Needs invoice:write. */
  reportUsage: { request: { id: string; body: UsageReport }; answer: UsageList };
  /** Have the link that proves an address sent again. Needs no token. */
  resendProof: { request: { body: EmailOnly }; answer: undefined };
  /** Set a new password by the link; every session of the user ends. Needs no token. */
  resetPassword: { request: { body: PasswordReset }; answer: undefined };
  /** Go on with a paused run, in the name of who asks; failures until now count no more. Needs bulk:run. */
  resumeBulkRun: { request: { id: string }; answer: BulkAnswer };
  /** Order again what failed, and go on. Needs bulk:run. */
  retryBulkRun: { request: { id: string; body?: BulkRetry }; answer: BulkAnswer };
  /** Run one again. Needs queue:act. */
  retryDeadLetter: { request: { id: string }; answer: DeadLetterRetried };
  /** Run again everything that has one class of fault. Needs queue:act. */
  retryDeadLetters: { request: { body: DeadLetterRetryMany }; answer: DeadLettersRetried };
  /** Have one handled again. Needs queue:act. */
  retryGivenUpEvent: { request: { processor: string; position: string }; answer: GivenUpDecided };
  /** Run the last failed operation again, under another name where that was what failed. Needs vps:retry. */
  retryVps: { request: { id: string; body?: VpsRetry }; answer: VpsAccepted };
  /** Where the OpenID Connect provider sends the browser back to. Needs no token. */
  returnFromOidc: {
    request: {
      query?: {
        code?: string;
        state?: string;
        iss?: string;
        error?: string;
        error_description?: string;
        scope?: string;
        session_state?: string;
      };
    };
    answer: undefined;
  };
  /** Show the administrator password, once. Needs vps:reveal. */
  revealVpsPassword: { request: { id: string; body: RevealRequest }; answer: RevealAnswer };
  /** Accept an order that waits for a look at it, or refuse it with the money back. Needs order:act. */
  reviewOrder: { request: { id: string; body: OrderReview }; answer: OrderAnswer };
  /** Take an invitation back. Needs invitation:write. */
  revokeInvitation: { request: { id: string; query?: { organization_id?: string } }; answer: undefined };
  /** Put a kept version of its state in force; changes nothing at the provider. Needs stack:rollback. */
  rollbackVpsStack: { request: { id: string; body: StackRollback }; answer: StackRolledBack };
  /** Replace the key; the new one is tried first. Needs account:rotate-key. */
  rotateAccountKey: { request: { id: string; body: KeyRotate }; answer: AccountAnswer };
  /** Move secrets from the previous master key to the present one. Needs master-key:rotate. */
  rotateMasterKey: { request: {}; answer: MasterKeyRotated };
  /** Make its successor, with another secret and all else the same; the former ends now, or after a grace. Needs token:write. */
  rotateToken: { request: { id: string; body?: TokenRotate }; answer: TokenCreated };
  /** A new secret; the former one signs beside it for a day. Needs webhook:write. */
  rotateWebhookSecret: { request: { id: string }; answer: WebhookSecretAnswer };
  /** Run a sweep now, also while what Plinth does by itself is stopped. Needs sweep:run. */
  runSweep: { request: { name: string }; answer: SweepAnswer };
  /** Set rules for drift of a plan, of kinds of difference or both; a policy of null takes them away. Needs drift-policy:write. */
  setDriftPolicies: { request: { body: DriftPolicyChange }; answer: DriftPolicyList };
  /** Set an exchange rate; amounts that were asked for never change by it. Needs price:write. */
  setExchangeRates: { request: { body: ExchangeRate }; answer: ExchangeRateList };
  /** Collect nothing of an invoice until a time: no reminder, no charge, no suspension. Needs dunning:hold. */
  setInvoiceHold: { request: { id: string; body: InvoiceHold }; answer: InvoiceAnswer };
  /** Stop or start automation, set an account’s drift policy, set or lift the hold on destructive work. Needs kill-switch:write. */
  setKillSwitches: { request: { body?: KillSwitchChange }; answer: KillSwitches };
  /** Turn a kind on or off for a channel. Needs notification:own. */
  setNotificationPreference: { request: { body: NotificationPreference }; answer: NotificationPreferences };
  /** Set the rules that orders are held to: which a person looks at, and what becomes of what cannot be made. Needs order-policy:write. */
  setOrderPolicy: { request: { body?: OrderPolicyInput }; answer: OrderPolicyAnswer };
  /** Say whether an organization buys its servers or creates them itself. Needs organization:set-buying. */
  setOrganizationBuyer: { request: { id: string; body: BuyerPut }; answer: BuyerAnswer };
  /** Take money at a payment provider by this key. Needs payment-account:write. */
  setPaymentAccount: { request: { provider: string; body: PaymentAccountPut }; answer: PaymentAccountAnswer };
  /** Say where it can be placed, in order of preference. Needs product:write. */
  setProductCandidates: { request: { id: string; body: CandidatesRequest }; answer: ProductAnswer };
  /** Say what is measured of a product, and for how much: traffic, kept snapshots, hours with a cap. Needs price:write. */
  setProductMeters: { request: { id: string; body: MetersRequest }; answer: MetersAnswer };
  /** Say what can be added to a product, and for how much. Needs price:write. */
  setProductOptions: { request: { id: string; body: OptionsRequest }; answer: ProductAnswer };
  /** Set how a price is made of the provider’s cost. Needs price:write. */
  setProductPriceRule: { request: { id: string; body: PriceRuleInput }; answer: ProductAnswer };
  /** Say how many there are; null is without limit. Needs stock:write. */
  setProductStock: { request: { id: string; body: StockRequest }; answer: ProductAnswer };
  /** Limit what an organization may have of a kind; what it has already stays. Needs quota:write. */
  setQuota: { request: { id: string; body: QuotaChange }; answer: QuotaList };
  /** Have a plan sold out in a region, or bring it back. Needs simulator:act. */
  setSimulatorStock: { request: { body: SimulatorStock }; answer: undefined };
  /** Say which terms of use hold from now on. Needs setting:write. */
  setTerms: { request: { body: TermsChange }; answer: TermsAnswer };
  /** Make the first superadmin, with the secret of the link that the first start leaves. Needs no token. */
  setUp: { request: { body: SetUp }; answer: SignUpAnswer };
  /** A page where a payment method is saved for what comes later. Needs payment-method:write. */
  setUpPaymentMethod: { request: { body?: MethodSetup }; answer: MethodSetupAnswer };
  /** Give a VPS to another organization. Needs vps:give-away. */
  setVpsOwner: { request: { id: string; body: OwnerChange }; answer: VpsAnswer };
  /** The secrets by which the provider signs its events: two while they are exchanged. Needs payment-account:write. */
  setWebhookSecrets: { request: { provider: string; body: WebhookSecrets }; answer: PaymentAccountAnswer };
  /** Show the second factor: at a sign-in, or anew within a session. Needs no token. */
  showSecondFactor: { request: { body: SecondFactorCode }; answer: SignInAnswer };
  /** Sign this browser in with the token that is sent; later requests go by a cookie that no script can read. Needs session:own. */
  signIn: { request: { body?: SignIn }; answer: Session };
  /** Where to go for signing in at the OpenID Connect provider. Needs no token. */
  signInWithOidc: { request: {}; answer: MethodSetupAnswer };
  /** Sign in with a passkey; no second factor is asked for. Needs no token. */
  signInWithPasskey: { request: { body: PasskeyAnswer }; answer: SignInAnswer };
  /** Sign in with address and password. Needs no token. */
  signInWithPassword: { request: { body: PasswordSignIn }; answer: SignInAnswer };
  /** Sign this browser out; the token itself stays valid. Needs session:own. */
  signOut: { request: {}; answer: undefined };
  /** Become a user; the answer is the same for an address that has one. Needs no token. */
  signUpWithPassword: { request: { body: SignUp }; answer: SignUpAnswer };
  /** Everything that happens, by topic; a stream with Accept: text/event-stream, resumable with Last-Event-ID. Needs event:read. */
  streamChanges: { request: { query?: { after?: string; topics?: string; limit?: number } }; answer: ReadableStream<Uint8Array> };
}
