/**
 * What one domain of server/ has. Its `index.ts` says it once, server/domains.ts lists the domains from the bottom up, and the
 * process (server/runtime.ts, server/app.ts, server/serve.ts) composes them. Whatever a domain does not have, it leaves out.
 */
import type { RequestHandler } from 'express';
import type { PgBoss } from 'pg-boss';
import type { ProviderHostPool } from '../../automation/engine.ts';
import type { Engine } from '../../automation/types.ts';
import type { Database } from './database.ts';
import type { EventHub } from './events/hub.ts';
import type { Processor } from './events/processor.ts';
import type { Limits } from './http/limits.ts';
import type { Metrics, RegisterGauges } from './http/metrics.ts';
import type { Route } from './http/route.ts';
import type { UpgradeDoor } from './http/upgrades.ts';
import type { Pulse } from './pulse.ts';
import type { SweepDefinition } from './schedule/runner.ts';
import type { Services } from './services.ts';

export interface Domain {
  /** Its folder. */
  readonly name: string;
  /** The API. What is opened here answers in every process that speaks HTTP. */
  readonly routes?: (services: Services, hub: EventHub) => readonly Route[];
  /** What speaks HTTP in a way that is not this API's, and answers before it. */
  readonly doors?: (services: Services) => readonly RequestHandler[];
  /** What takes over connections of the server. */
  readonly upgrades?: (parts: HttpParts) => readonly UpgradeDoor[];
  /** What it does in the transactions of those below it (kernel/hooks.ts). */
  readonly follow?: (services: Services) => void;
  /** What it makes of events, in every worker. */
  readonly processors?: (services: Services) => readonly Processor[];
  /** Its reconcilers, in every worker. */
  readonly sweeps?: (services: Services) => readonly SweepDefinition[];
  readonly gauges?: (db: Database) => RegisterGauges;
  /** At every start, before anything listens or works: what an earlier version left otherwise. */
  readonly upgrade?: (services: Services) => Promise<void>;
  /** Once the process listens, or would. */
  readonly opened?: (services: Services, at: Origins) => Promise<void>;
  /** In a worker, before any work is taken. It resolves when work may be. */
  readonly watch?: (services: Services) => Promise<Running>;
  /** What works by itself in a worker. */
  readonly work?: (parts: WorkParts) => Promise<readonly Running[]>;
}

/** Stopped in the reverse of the order in which they began. */
export interface Running {
  stop(): Promise<void>;
}

export interface HttpParts {
  readonly services: Services;
  readonly hub: EventHub;
  readonly limits: Limits;
  readonly hosts: ProviderHostPool;
}

export interface WorkParts {
  /** On the connections of what works by itself. */
  readonly services: Services;
  /** On those of the operations. */
  readonly operating: Services;
  readonly engine: Engine;
  readonly pulse: Pulse;
  readonly boss: PgBoss;
  readonly metrics: Metrics;
}

/** Null: it does not listen; there is no simulator. */
export interface Origins {
  readonly http: string | null;
  readonly simulator: string | null;
}
