/**
 * What is true of a kind of operation, whole: who may ask for it and when not, how it is planned, what changes when it is
 * accepted, how a worker does it, and what becomes of the VPS at its end. Every kind is one file beside this one, and everything
 * that treats kinds differently (capabilities, previews, the runner, ends, bulk runs, pages) asks its sheet.
 */
import type { z } from 'zod';
import type { Engine, EngineFault, EngineOperation, EngineResult } from '../../../automation/types.ts';
import type { OperationKind } from '../../../contract/operation.ts';
import type { Permission } from '../../../contract/permissions.ts';
import type { KindContract, Requested } from '../../../contract/operations/kind.ts';
import type { Capability } from '../../../providers/provider.ts';
import type { Db, Json, Operation } from '../../kernel/database.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { PlannedChange } from '../changes/planned-change.ts';
import type { Refused, Situation } from '../changes/standing.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
import type { AskedPerson, Step } from '../tasks/ask.ts';
import type { EventWriter } from './event-writer.ts';

/** One run of the engine on the VPS's stack. `mayDelete`: what is protected may go. */
export type Drive = (kind: EngineOperation, signal: AbortSignal, mayDelete?: boolean) => Promise<EngineResult>;

/** How an attempt ended. */
export interface Attempted extends EngineResult {
  /** Neither well nor badly: somebody must do something first. Nothing was done yet. */
  readonly waits?: AskedPerson;
  /** Well; but what it ends lives on until then. Null: its provider does not tell when. */
  readonly endsAt?: Date | null;
}

/** One attempt of an operation, as every step of it sees it. */
export interface Work<Request extends Requested = Requested, Progress extends object = object> {
  readonly services: Services;
  readonly sheet: Sheet;
  /** As it was claimed. */
  readonly operation: Operation;
  /** What was asked for, out of the operation. */
  readonly request: Request;
  /** What the attempts before this one noted. */
  readonly progress: Progress;
  /** As it was when the attempt began. */
  readonly vps: VpsWithAccount;
  readonly writer: EventWriter;
  /** Aborted by a cancel and by the loss of the lease. */
  readonly signal: AbortSignal;
  readonly engine: Pick<Engine, 'export' | 'import'>;
  readonly drive: Drive;
}

/** Somebody asks for it, in the transaction that records it. */
export interface Asked<Body = unknown> {
  readonly services: Services;
  readonly tx: Db;
  readonly principal: Principal;
  /** Held until the transaction ends. */
  readonly vps: VpsWithAccount;
  readonly body: Body;
}

/** Its end, in the transaction that records it. */
export interface Ended<Request extends Requested = Requested, Progress extends object = object> {
  readonly services: Pick<Services, 'secrets' | 'enqueue'>;
  /** With what the last attempt noted. */
  readonly operation: Pick<Operation, 'id' | 'kind' | 'request' | 'progress' | 'vpsId'>;
  readonly request: Request;
  readonly progress: Progress;
  readonly vps: VpsWithAccount;
  /** Whether its success makes the VPS's next password its own. */
  readonly bringsPassword: boolean;
}
export interface EndedWell<Request extends Requested = Requested, Progress extends object = object> extends Ended<Request, Progress> {
  readonly result: Attempted;
}
export interface EndedBadly<Request extends Requested = Requested, Progress extends object = object> extends Ended<Request, Progress> {
  readonly tx: Db;
  readonly fault: EngineFault;
  /** False: it was taken back before any worker began it. */
  readonly begun: boolean;
}

/** Who may ask, and when not. What is absent is as most kinds have it. */
export interface Rules {
  /** What a token, member or person of the staff needs. Null: nobody asks for it by itself. */
  readonly permission: Permission | null;
  /** `platform`: only who may act for every organization. */
  readonly scope?: 'platform';
  /** Of use on a server whose last operation failed, too. */
  readonly inError?: true;
  /** Only of a suspended VPS; others are refused while it is suspended. */
  readonly ofSuspended?: true;
  /** What is left of a terminated VPS can have it, too. */
  readonly afterEnd?: true;
  /** Needs no server at the provider. */
  readonly withoutServer?: true;
  /** Also while its ordered end has not come: the server runs until then. */
  readonly whileEnding?: true;
  /** Harmless for a VPS whose import has not succeeded. */
  readonly whileImporting?: true;
  /** Reasons of its own in how the VPS stands. */
  cannot?(now: Situation): Refused | null;
  /** Which of the provider's capabilities it needs. */
  provided?(provider: Situation['provider']): Capability;
  /** In place of all the other rules, but for the scope and what is gone. */
  instead?(now: Situation): Refused | null;
}

/** What it is to other parts. What is absent is not so. */
export interface Traits {
  /** A VPS begins with it. */
  readonly setsUp?: true;
  /** It makes servers. */
  readonly makesServer?: true;
  /** After its success the records are those of the spec. */
  readonly bringsAboutSpec?: true;
  /** It deletes a server or a snapshot, or gives up a disk: held while the database looks restored from the past. */
  readonly destructive?: true;
  /** It changes neither the server nor its spec, so what changes them need not wait for it to be asked for. */
  readonly harmless?: true;
  /** It only looks or plans: its failure is nothing that must be mended, its success mends nothing. */
  readonly looks?: true;
  /** Plinth's own look: nothing that a person would run again. */
  readonly unasked?: true;
  /** A person runs it with the plain command line; no worker starts it. */
  readonly byHand?: true;
  /** Its stack is removed after its success. */
  readonly endsStack?: true;
}

/** In a bulk run. */
export interface InBulk {
  /** Servers, or what is on their disks, are gone afterwards. */
  readonly losesData?: true;
  /** Whether it can be done follows from the plan. `alike`: servers that are alike get the same answer. */
  readonly planned?: 'each' | 'alike';
  /** The prices before and after are told. `ends`: nothing is paid afterwards. */
  readonly price?: 'plan' | 'ends';
}

/** How it is run again after a failure. */
export interface Again {
  /** Also while the VPS is suspended. */
  readonly whileSuspended?: true;
  /** A repetition must be allowed as the first was. */
  readonly asksAgain?: true;
  /** The VPS's status meanwhile; absent = as it is. */
  readonly status?: 'provisioning' | 'destroying';
  /** What it takes for itself once more. @throws Refusal when that cannot be had any more. */
  take?(tx: Db, vps: VpsWithAccount, request: Requested): Promise<VpsColumns>;
  /** What is decided anew beside what the first was asked with. */
  request?(vps: VpsWithAccount): Readonly<Record<string, Json>>;
}

export interface Sheet<
  Request extends Requested = Requested,
  Progress extends object = object,
  Body = unknown,
  Change = unknown,
  Prepared = unknown,
> {
  readonly kind: OperationKind;
  readonly contract: KindContract & { readonly request: z.ZodType<Request>; readonly progress: z.ZodType<Progress> };
  readonly rules: Rules;
  readonly traits: Traits;
  readonly bulk?: InBulk;
  readonly again?: Again;

  /** The spec it leads to, checked against catalogue and rules. @throws Refusal, ProviderError */
  plan?(services: Services, vps: VpsWithAccount, change: Change): Promise<PlannedChange>;
  /** What must be asked of others before the row is held. @throws Refusal, ProviderError */
  prepare?(services: Services, vps: VpsWithAccount, body: Body): Promise<Prepared>;
  /** What changes at once, and what the worker is told. `prepared`: what `prepare` answered. */
  accept?(
    asked: Asked<Body>,
    prepared: Prepared,
  ): Promise<{ readonly columns?: VpsColumns; readonly request?: Readonly<Record<string, Json>> }>;

  /** Does it, or fails with a fault. Absent: no worker does it. @throws LeaseLost */
  run?(work: Work<Request, Progress>): Promise<Attempted>;
  /** What of it a person does where the provider has no API for it; null: nothing. Absent = nothing of it. */
  personDoes?(request: Request, vps: VpsWithAccount): Step | null;
  /** Whether it may replace or delete the server; absent = never. */
  mayReplace?(request: Request): boolean;
  /** Whether the VPS's next password becomes its own with its success; absent = never. */
  bringsPassword?(request: Request): boolean;

  /** What a success makes of the VPS's row. */
  succeeded(ended: EndedWell<Request, Progress>): VpsColumns | null;
  /** What a success settles elsewhere. */
  settle?(tx: Db, ended: EndedWell<Request, Progress>): Promise<void>;
  /** What an end without success makes of the row: what was taken in advance is given back, a lost disk or server shows. */
  failed?(ended: EndedBadly<Request, Progress>): Promise<VpsColumns | null>;
}

type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : never;
type Part<Contract, Face extends string> = Contract extends Readonly<Record<Face, unknown>> ? Out<Contract[Face]> : never;

/** What a kind's own file says; the rest is the contract's. */
export type Definition<Contract extends KindContract, Prepared> = Omit<
  Sheet<z.output<Contract['request']>, z.output<Contract['progress']>, Part<Contract, 'action'>, Part<Contract, 'change'>, Prepared>,
  'kind' | 'contract'
>;

export function defineSheet<Contract extends KindContract & { readonly kind: OperationKind }, Prepared>(
  contract: Contract,
  definition: Definition<Contract, Prepared>,
): Sheet {
  return { ...definition, kind: contract.kind, contract };
}
