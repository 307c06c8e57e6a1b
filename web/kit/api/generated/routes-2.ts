/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { ActorKind, AuditPage } from './audit.ts';
import type { CreditPage, SellerAnswer } from './billing.ts';
import type { BulkAnswer, BulkItemPage, BulkItemStatus, BulkPage, BulkStatus } from './bulk.ts';
import type { BusinessDriftKind, BusinessDriftList, ProviderBillList, ProviderBillRequest, Report } from './business-drift.ts';
import type { BuyerAnswer } from './buyer.ts';
import type { ChangePage } from './changes.ts';
import type { CouponPage } from './coupon.ts';
import type { DriftPolicyList } from './drift-policy.ts';
import type { DriftAnswer, DriftDismiss, DriftList, DriftState, Inventory, InventoryKind, KillSwitches } from './drift.ts';
import type { DunningPolicyList, DunningPolicyOf } from './dunning.ts';
import type { ImpersonationList } from './impersonation.ts';
import type { InventoryImport } from './import.ts';
import type { CreditNoteAnswer, CreditNotePage, InvoiceAnswer, InvoicePage, InvoiceStatus } from './invoice.ts';
import type { DeadLetterList, DeadLetterSource, GivenUpEvents, QueueState } from './jobs.ts';
import type { MaintenancePage, PlannedWorkList } from './maintenance.ts';
import type { MasterKeyState } from './master-key.ts';
import type { MetersAnswer } from './metered.ts';
import type { NotificationList, NotificationPreferences } from './notification.ts';
import type { EventPage, OperationAnswer, OperationKind, OperationPage, OperationStatus } from './operation.ts';
import type { OrderPolicyAnswer } from './order-policy.ts';
import type { OrderAnswer, OrderPage, QuoteAnswer } from './order.ts';
import type { MemberList, OrganizationAnswer, OrganizationList, TermsStanding } from './organization.ts';
import type { Overview, OverviewHistory, Session } from './overview.ts';
import type {
  AttemptAnswer,
  AttemptList,
  DisputePage,
  PaymentAccountList,
  PaymentAnswer,
  PaymentMethodList,
  PaymentPage,
} from './payment.ts';
import type {
  InvitationAnswer,
  InvitationCreate,
  InvitationList,
  Mailbox,
  MailboxAnswer,
  Me,
  PasskeyList,
  PasskeyOptions,
  SessionList,
  SignInOptions,
} from './people.ts';
import type { PersonTaskShown } from './person-task.ts';
import type { ExchangeRateList, PriceChangeList, PriceSuggestion, ProductAnswer, ProductChoices } from './product.ts';
import type { AccountList, CatalogAnswer } from './provider.ts';
import type { SavedViewAnswer, SavedViewList, SavedViewPut } from './saved-view.ts';
import type { SetupChoices, SetupProfileAnswer } from './setup-profile.ts';
import type { SimulatorState } from './simulator.ts';
import type { StackAnswer } from './stack.ts';
import type { StackExport, StackHistory } from './state.ts';
import type { SubscriptionAnswer } from './subscription.ts';
import type { TestClockAnswer } from './test-clock.ts';
import type { TicketWhole } from './ticket.ts';
import type { Bandwidth } from './usage.ts';
import type { VpsPlanAnswer } from './vps-plan.ts';
import type { VpsAccepted, VpsDetailAnswer, VpsOutputs } from './vps.ts';
import type { WebhookAnswer, WebhookMessageAnswer } from './webhook.ts';

export interface Routes2 {
  /** The brand’s colours as a stylesheet of both themes. Needs no token. */
  getBrandStyle: { request: {}; answer: undefined };
  /** One bulk run, with its items counted by status. Needs bulk:read. */
  getBulkRun: { request: { id: string }; answer: BulkAnswer };
  /** Plans, regions, images or zones of an account. Needs catalog:read. */
  getCatalog: {
    request: {
      kind: 'plans' | 'regions' | 'images' | 'zones';
      query?: { provider?: string; providerId?: string; vps_id?: string; refresh?: boolean };
    };
    answer: CatalogAnswer;
  };
  /** An organization’s credit and how it came about, newest first. Needs credit:read. */
  getCredit: { request: { query?: { organization_id?: string; cursor?: string; limit?: number } }; answer: CreditPage };
  /** One credit note with its lines and taxes. Needs invoice:read. */
  getCreditNote: { request: { id: string }; answer: CreditNoteAnswer };
  /** A credit note as PDF. Needs invoice:read. */
  getCreditNotePdf: { request: { id: string }; answer: undefined };
  /** A credit note as electronic invoice (EN 16931, UBL). Needs invoice:read. */
  getCreditNoteXml: { request: { id: string }; answer: undefined };
  /** One drift. Needs drift:read. */
  getDrift: { request: { id: string }; answer: DriftAnswer };
  /** One invoice with its lines and taxes. Needs invoice:read. */
  getInvoice: { request: { id: string }; answer: InvoiceAnswer };
  /** An invoice as PDF, the same to the byte each time. Needs invoice:read. */
  getInvoicePdf: { request: { id: string }; answer: undefined };
  /** An invoice as electronic invoice (EN 16931, UBL). Needs invoice:read. */
  getInvoiceXml: { request: { id: string }; answer: undefined };
  /** A caught mail with its HTML and its headers. Needs mailbox:read. */
  getMailboxMail: { request: { id: string }; answer: MailboxAnswer };
  /** Which master keys seal how much, by id. Needs master-key:read. */
  getMasterKey: { request: {}; answer: MasterKeyState };
  /** The person who is signed in, and what they are a member of. Needs session:own. */
  getMe: { request: {}; answer: Me };
  /** What you are told in the list and by mail. Needs notification:own. */
  getNotificationPreferences: { request: {}; answer: NotificationPreferences };
  /** One operation. Needs operation:read. */
  getOperation: { request: { id: string }; answer: OperationAnswer };
  /** One order: its items, its servers, and why one has none. Needs order:read. */
  getOrder: { request: { id: string }; answer: OrderAnswer };
  /** The rules that orders are held to. Needs order-policy:read. */
  getOrderPolicy: { request: {}; answer: OrderPolicyAnswer };
  /** Whether an organization buys its servers. Needs organization:list. */
  getOrganizationBuyer: { request: { id: string }; answer: BuyerAnswer };
  /** VPSes by state and region, unfinished operations, usual times. Needs overview:read. */
  getOverview: { request: {}; answer: Overview };
  /** VPSes, provisioning and drift of the last days. Needs overview:read. */
  getOverviewHistory: { request: { query?: { days?: number } }; answer: OverviewHistory };
  /** The organization one acts in. Needs organization:read. */
  getOwnOrganization: { request: { query?: { organization_id?: string } }; answer: OrganizationAnswer };
  /** What the browser makes a passkey of. Needs session:own. */
  getPasskeyOptions: { request: {}; answer: PasskeyOptions };
  /** What the browser asks a passkey for. Needs no token. */
  getPasskeySignInOptions: { request: {}; answer: PasskeyOptions };
  /** One payment. Needs payment:read. */
  getPayment: { request: { id: string }; answer: PaymentAnswer };
  /** One attempt as it is now. Needs payment:read. */
  getPaymentAttempt: { request: { id: string }; answer: AttemptAnswer };
  /** One product with its prices. Needs catalog:read. */
  getProduct: { request: { id: string }; answer: ProductAnswer };
  /** Where and with which operating systems a product can be ordered now. Needs catalog:read. */
  getProductChoices: { request: { id: string }; answer: ProductChoices };
  /** The queue: what waits, runs and is tried again later, and since when. Needs queue:read. */
  getQueue: { request: {}; answer: QueueState };
  /** A quote as it was made. Needs quote:make. */
  getQuote: { request: { id: string }; answer: QuoteAnswer };
  /** Revenue, margin, churn, or what is unpaid, as a table or as CSV. Needs report:read. */
  getReport: {
    request: {
      report: 'revenue' | 'margin' | 'churn' | 'unpaid';
      query: { from: string; to: string; by?: 'vps' | 'product' | 'account'; format?: 'json' | 'csv' };
    };
    answer: Report;
  };
  /** Who the invoices are from. Needs tax:read. */
  getSeller: { request: {}; answer: SellerAnswer };
  /** Who this token is, and what this Plinth is. Needs session:own. */
  getSession: { request: {}; answer: Session };
  /** What sets it up, and which profiles may be chosen for a reinstall. Needs vps:read. */
  getSetupChoices: { request: { id: string }; answer: SetupChoices };
  /** One setup profile. Needs template:read. */
  getSetupProfile: { request: { name: string }; answer: SetupProfileAnswer };
  /** How one may sign in and sign up here. Needs no token. */
  getSignInOptions: { request: {}; answer: SignInOptions };
  /** The simulated providers, their counts, and the faults that are on. Needs simulator:read. */
  getSimulator: { request: {}; answer: SimulatorState };
  /** One subscription: its periods, what became of it, and what happens next. Needs subscription:read. */
  getSubscription: { request: { id: string }; answer: SubscriptionAnswer };
  /** One task: what to do, and the form to fill in. Needs task:read. */
  getTask: { request: { id: string }; answer: PersonTaskShown };
  /** The terms of use that hold now, and what the organization has accepted. Needs organization:read. */
  getTerms: { request: { query?: { organization_id?: string } }; answer: TermsStanding };
  /** Where a test clock stands. Needs test-clock:read. */
  getTestClock: { request: { id: string }; answer: TestClockAnswer };
  /** A ticket with all that was said. Needs ticket:read. */
  getTicket: { request: { id: string }; answer: TicketWhole };
  /** One VPS, and what can be done with it now. Needs vps:read. */
  getVps: { request: { id: string }; answer: VpsDetailAnswer };
  /** Transfer by day, and of this month against the plan’s. Needs vps:read. */
  getVpsBandwidth: { request: { id: string }; answer: Bandwidth };
  /** What its stack put out, without secrets. Needs vps:read. */
  getVpsOutputs: { request: { id: string }; answer: VpsOutputs };
  /** One plan of an account. Needs product:read. */
  getVpsPlan: { request: { id: string }; answer: VpsPlanAnswer };
  /** Its stack, for work by hand with the pulumi command. Needs stack:read. */
  getVpsStack: { request: { id: string }; answer: StackAnswer };
  /** Updates of its stack, newest first, and which versions are kept. Needs stack:read. */
  getVpsStackHistory: { request: { id: string; query?: { limit?: number } }; answer: StackHistory };
  /** A kept version of its state, as Pulumi exports it. Needs stack:export. */
  getVpsStackVersion: { request: { id: string; version: number }; answer: StackExport };
  /** One endpoint. Needs webhook:read. */
  getWebhook: { request: { id: string }; answer: WebhookAnswer };
  /** One message with every attempt. Needs webhook:read. */
  getWebhookMessage: { request: { id: string; message: string }; answer: WebhookMessageAnswer };
  /** Give an organization a policy of its own, or the default one again. Needs dunning-policy:write. */
  giveDunningPolicy: { request: { id: string; body: DunningPolicyOf }; answer: DunningPolicyOf };
  /** Bring in lines of a provider’s own bill; the same lines again change nothing. Needs report:act. */
  importProviderBill: { request: { body: ProviderBillRequest }; answer: ProviderBillList };
  /** Take over rows of an older system, or see what that would do. Needs inventory:import. */
  importRows: {
    request: {
      body: {
        system: 'A' | 'B' | 'C' | 'D' | 'E';
        rows: Record<string, string | number | boolean | null | Record<string, unknown> | unknown[]>[];
        preview?: boolean;
      };
    };
    answer: {
      id: string | null;
      system: 'A' | 'B' | 'C' | 'D' | 'E';
      preview: boolean;
      summary: { created: number; known: number; refused: number };
      rows: {
        row: number;
        kind: string;
        key: string;
        outcome: 'created' | 'known' | 'refused';
        target_id: string | null;
        reason: string | null;
      }[];
    };
  };
  /** Take an existing server into a stack, as a VPS; the server gets a tag and is not changed otherwise. Needs inventory:import. */
  importServer: { request: { id: string; body: InventoryImport }; answer: VpsAccepted };
  /** Invite somebody into an organization by mail; an earlier open invitation of theirs is taken back. Needs invitation:write. */
  invite: { request: { body: InvitationCreate }; answer: InvitationAnswer };
  /** Issue a draft: it gets its number and never changes again. Needs invoice:write. */
  issueInvoice: { request: { id: string; body: DriftDismiss }; answer: InvoiceAnswer };
  /** Keep a look at a list under a name; one of that name is replaced. Needs session:own. */
  keepMyView: { request: { list: 'vps'; name: string; body: SavedViewPut }; answer: SavedViewAnswer };
  /** Take a cancellation back, while the end has not begun. Needs subscription:cancel. */
  keepSubscription: { request: { id: string }; answer: SubscriptionAnswer };
  /** Leave the organization one acts in. Needs session:own. */
  leaveOrganization: { request: {}; answer: undefined };
  /** Provider accounts, and the providers there are. Needs account:read. */
  listAccounts: { request: {}; answer: AccountList };
  /** The audit trail, newest first: of the platform all of it, of an organization its own, the seller’s staff included. Needs audit:read. */
  listAudit: {
    request: {
      query?: {
        before?: string;
        target?: string;
        actor?: string;
        actor_kind?: ActorKind;
        action?: string;
        organization_id?: string;
        since?: string;
        until?: string;
        q?: string;
        limit?: number;
      };
    };
    answer: AuditPage;
  };
  /** What became of each VPS of a bulk run. Needs bulk:read. */
  listBulkItems: { request: { id: string; query?: { cursor?: string; limit?: number; status?: BulkItemStatus } }; answer: BulkItemPage };
  /** List bulk runs, newest first. Needs bulk:read. */
  listBulkRuns: { request: { query?: { cursor?: string; limit?: number; status?: BulkStatus } }; answer: BulkPage };
  /** Where what is sold, what runs and what is paid for differ, with the money a month and what to do. Needs report:read. */
  listBusinessDrift: { request: { query?: { kind?: BusinessDriftKind; resolved?: boolean } }; answer: BusinessDriftList };
  /** Everything that happens, by topic; a stream with Accept: text/event-stream, resumable with Last-Event-ID. Needs event:read. */
  listChanges: { request: { query?: { after?: string; topics?: string; limit?: number } }; answer: ChangePage };
  /** List coupons, and how often each was used. Needs coupon:read. */
  listCoupons: { request: { query?: { cursor?: string; limit?: number } }; answer: CouponPage };
  /** List credit notes, newest first. Needs invoice:read. */
  listCreditNotes: {
    request: { query?: { organization_id?: string; invoice_id?: string; cursor?: string; limit?: number } };
    answer: CreditNotePage;
  };
  /** What stands still and waits for a person, with what to do about it. Needs queue:read. */
  listDeadLetters: { request: { query?: { source?: DeadLetterSource; fault?: string; dismissed?: boolean } }; answer: DeadLetterList };
  /** List disputed payments, newest first. Needs payment:read. */
  listDisputes: {
    request: { query?: { organization_id?: string; status?: 'open' | 'won' | 'lost'; cursor?: string; limit?: number } };
    answer: DisputePage;
  };
  /** Where providers differ from what stacks recorded; without `state`, what is not settled. Needs drift:read. */
  listDrift: {
    request: { query?: { state?: DriftState; kind?: 'changed' | 'vanished'; vps_id?: string; account_id?: string; limit?: number } };
    answer: DriftList;
  };
  /** The rules for drift of single plans and kinds of difference, beside each account’s own policy. Needs drift-policy:read. */
  listDriftPolicies: { request: { query?: { account_id?: string } }; answer: DriftPolicyList };
  /** What happens to invoices that are not paid, and when. Needs dunning-policy:read. */
  listDunningPolicies: { request: {}; answer: DunningPolicyList };
  /** By which rates costs become prices. Needs price:read. */
  listExchangeRates: { request: {}; answer: ExchangeRateList };
  /** Events that could not be handled in all their attempts. Needs queue:read. */
  listGivenUpEvents: { request: {}; answer: GivenUpEvents };
  /** Who of the staff acts or acted as a customer, and why. Needs impersonation:read. */
  listImpersonations: { request: {}; answer: ImpersonationList };
  /** Imports of older systems’ rows. Needs inventory:read. */
  listImports: {
    request: {};
    answer: {
      imports: {
        id: string;
        system: 'A' | 'B' | 'C' | 'D' | 'E';
        by: string;
        rows: number;
        created_at: string;
        undone_at: string | null;
      }[];
    };
  };
  /** What accounts hold that no record accounts for: orphans with their cost, unmanaged servers, dangling DNS records, leftovers. Needs inventory:read. */
  listInventory: { request: { query?: { kind?: InventoryKind; account_id?: string } }; answer: Inventory };
  /** Open invitations into an organization. Needs invitation:read. */
  listInvitations: { request: { query?: { organization_id?: string } }; answer: InvitationList };
  /** What was tried to get an invoice’s money. Needs payment:read. */
  listInvoiceAttempts: { request: { id: string }; answer: AttemptList };
  /** List invoices, newest first. Needs invoice:read. */
  listInvoices: {
    request: { query?: { organization_id?: string; status?: InvoiceStatus; overdue?: boolean; cursor?: string; limit?: number } };
    answer: InvoicePage;
  };
  /** What Plinth may do by itself, and what needs a person. Needs kill-switch:read. */
  listKillSwitches: { request: {}; answer: KillSwitches };
  /** The newest mails that were caught in development. Needs mailbox:read. */
  listMailbox: { request: {}; answer: Mailbox };
  /** Planned work of all accounts. Needs maintenance:read. */
  listMaintenance: { request: { query?: { cursor?: string; limit?: number; past?: boolean } }; answer: MaintenancePage };
  /** People in the organization, and their roles. Needs member:read. */
  listMembers: { request: { query?: { organization_id?: string } }; answer: MemberList };
  /** Your passkeys. Needs session:own. */
  listMyPasskeys: { request: {}; answer: PasskeyList };
  /** Where you are signed in. Needs session:own. */
  listMySessions: { request: {}; answer: SessionList };
  /** The looks at lists that you keep, by name. Needs session:own. */
  listMyViews: { request: { query?: { list?: 'vps' } }; answer: SavedViewList };
  /** What you were told, newest first. Needs notification:own. */
  listNotifications: { request: {}; answer: NotificationList };
  /** Events after a number; a stream with Accept: text/event-stream. Needs operation:read. */
  listOperationEvents: { request: { id: string; query?: { after?: number; limit?: number } }; answer: EventPage };
  /** List operations, newest first. Needs operation:read. */
  listOperations: {
    request: { query?: { cursor?: string; limit?: number; vps_id?: string; status?: OperationStatus; kind?: OperationKind; ids?: string } };
    answer: OperationPage;
  };
  /** List orders. Needs order:read. */
  listOrders: {
    request: {
      query?: {
        cursor?: string;
        limit?: number;
        status?: 'draft' | 'placed' | 'paid' | 'review' | 'provisioning' | 'fulfilled' | 'failed' | 'expired' | 'cancelled';
        organization_id?: string;
      };
    };
    answer: OrderPage;
  };
  /** List organizations, the customers. Needs organization:list. */
  listOrganizations: { request: {}; answer: OrganizationList };
  /** Where money is taken. Needs payment-account:read. */
  listPaymentAccounts: { request: {}; answer: PaymentAccountList };
  /** An organization’s saved payment methods. Needs payment-method:read. */
  listPaymentMethods: { request: { query?: { organization_id?: string } }; answer: PaymentMethodList };
  /** List payments, newest first. Needs payment:read. */
  listPayments: {
    request: { query?: { organization_id?: string; invoice_id?: string; cursor?: string; limit?: number } };
    answer: PaymentPage;
  };
  /** Planned work on your servers, the next first. Needs vps:read. */
  listPlannedWork: { request: {}; answer: PlannedWorkList };
  /** Prices that were announced to those who have the product. Needs price:read. */
  listPriceChanges: { request: { id: string }; answer: PriceChangeList };
  /** What is measured of a product, and for how much. Needs price:read. */
  listProductMeters: { request: { id: string }; answer: MetersAnswer };
  /** What the price rule makes of the providers’ costs, with the margin. Needs price:read. */
  listProductSuggestedPrices: { request: { id: string }; answer: PriceSuggestion };
}
