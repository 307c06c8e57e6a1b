/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { AuditVerified } from './audit.ts';
import type { DriftDismiss } from './drift.ts';
import type { WhoAmI } from './impersonation.ts';
import type { InvoiceAnswer } from './invoice.ts';
import type { VpsPatch } from './lifecycle.ts';
import type { MaintenanceAnswer, MaintenanceChange } from './maintenance.ts';
import type { OrderAnswer } from './order.ts';
import type { MemberAnswer, MemberPatch, OrganizationAnswer, OrganizationPatch, OrganizationTransfer } from './organization.ts';
import type { LinkSecret, PasswordProof } from './people.ts';
import type { ProductAnswer, ProductPatch } from './product.ts';
import type { AccountAnswer, AccountPatch } from './provider.ts';
import type { ServiceAccountAnswer, ServiceAccountPatch } from './service-account.ts';
import type { SshKeyAnswer, SshKeyPatch } from './ssh-key.ts';
import type { StateVerified } from './state.ts';
import type { SubscriptionAnswer } from './subscription.ts';
import type { TicketWhole, TicketWrite } from './ticket.ts';
import type { VpsAnswer, VpsEnding } from './vps.ts';
import type { WebhookAnswer, WebhookPatch } from './webhook.ts';

export interface Routes4 {
  /** Events as server-sent events, resumable with Last-Event-ID. Needs operation:read. */
  streamOperation: { request: { id: string; query?: { after?: number; limit?: number } }; answer: ReadableStream<Uint8Array> };
  /** Events after a number; a stream with Accept: text/event-stream. Needs operation:read. */
  streamOperationEvents: { request: { id: string; query?: { after?: number; limit?: number } }; answer: ReadableStream<Uint8Array> };
  /** Make another member owner; who gives it away stays as admin. Needs organization:transfer. */
  transferOrganization: { request: { query?: { organization_id?: string }; body: OrganizationTransfer }; answer: MemberAnswer };
  /** Turn the second factor off; needs one that was shown in the last ten minutes. Needs session:own. */
  turnSecondFactorOff: { request: { body: PasswordProof }; answer: undefined };
  /** Lift the block of an organization. Needs organization:block. */
  unblockOrganization: { request: { id: string }; answer: OrganizationAnswer };
  /** Take back what an import made, as far as nothing needs it. Needs inventory:import. */
  undoImport: { request: { id: string }; answer: { removed: number; kept: { kind: string; key: string; reason: string }[] } };
  /** Undo a termination whose grace still runs, or an end that has not come. Needs vps:undo. */
  undoVps: { request: { id: string }; answer: VpsAnswer | VpsEnding };
  /** Change name or configuration. Needs account:update. */
  updateAccount: { request: { id: string; body: AccountPatch }; answer: AccountAnswer };
  /** Move planned work, or say it in other words; the customers are told. Needs maintenance:write. */
  updateMaintenance: { request: { id: string; body?: MaintenanceChange }; answer: MaintenanceAnswer };
  /** Give a member another role; it holds at once. Needs member:write. */
  updateMember: { request: { id: string; body: MemberPatch }; answer: MemberAnswer };
  /** Say in which zones an organization may have DNS names, and whether it may order and make anything new. Needs organization:set-zones or organization:block. */
  updateOrganization: { request: { id: string; body: OrganizationPatch }; answer: OrganizationAnswer };
  /** Change a product; what was sold of it stays as it was sold. Needs product:write. */
  updateProduct: { request: { id: string; body?: ProductPatch }; answer: ProductAnswer };
  /** Change its name or role, disable or enable it; its tokens follow at once. Needs service-account:write. */
  updateServiceAccount: { request: { id: string; body: ServiceAccountPatch }; answer: ServiceAccountAnswer };
  /** Rename a kept SSH key; servers that have it keep it as it is. Needs ssh-key:write. */
  updateSshKey: { request: { id: string; body: SshKeyPatch }; answer: SshKeyAnswer };
  /** Set notes, delete protection or maintenance. Needs vps:update or vps:note or vps:maintain. */
  updateVps: { request: { id: string; body: VpsPatch }; answer: VpsAnswer };
  /** Change its address or kinds, pause it, let it go on. Needs webhook:write. */
  updateWebhook: { request: { id: string; body?: WebhookPatch }; answer: WebhookAnswer };
  /** Prove an address by the link that was sent to it. Needs no token. */
  verifyAddress: { request: { body: LinkSecret }; answer: undefined };
  /** Verify the whole chain, and against its anchors outside the database. Needs audit:verify. */
  verifyAudit: { request: {}; answer: AuditVerified };
  /** Check stacks’ state: integrity, secrets, leftovers. Needs stack:verify. */
  verifyState: { request: { query?: { after?: string; limit?: number } }; answer: StateVerified };
  /** Take an unpaid invoice back; what was put towards it becomes credit. Needs invoice:write. */
  voidInvoice: { request: { id: string; body: DriftDismiss }; answer: InvoiceAnswer };
  /** Who is asking, in which scope, and what it may do there. Needs session:own. */
  whoAmI: { request: {}; answer: WhoAmI };
  /** Take a purchase back within the days that a consumer has: its servers end, and the money goes back. Needs order:withdraw. */
  withdrawOrder: { request: { id: string }; answer: OrderAnswer };
  /** Withdraw a change that has not taken effect. Needs subscription:change. */
  withdrawSubscriptionChange: { request: { id: string }; answer: SubscriptionAnswer };
  /** Write in a ticket; one that was closed is open again when its customer does. Needs ticket:write. */
  writeInTicket: { request: { id: string; body: TicketWrite }; answer: TicketWhole };
  /** Give an open invoice up as uncollectible; it can still be paid. Needs dunning:write-off. */
  writeInvoiceOff: { request: { id: string; body: DriftDismiss }; answer: InvoiceAnswer };
}
