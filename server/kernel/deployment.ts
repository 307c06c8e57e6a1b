/**
 * A stack's checkpoint as the engine writes and reads it (deployment schema 3 and 4), and the checks it
 * must pass before it is stored. Only the fields that the server itself handles are typed; all others
 * pass through untouched.
 */
import { createHash } from 'node:crypto';
import { timeNow } from './clock.ts';

export interface ResourceState {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  parent?: string;
  provider?: string;
  delete?: boolean;
  pendingReplacement?: boolean;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  deletedWith?: string;
  replaceWith?: string[];
  aliases?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface PendingOperation {
  resource: ResourceState;
  /** `creating`, `updating`, `deleting`, `reading`, `importing`. */
  type: string;
}

export interface Deployment {
  manifest: { time: string; magic: string; version: string; [field: string]: unknown };
  secrets_providers?: { type: string; state?: unknown };
  resources?: ResourceState[];
  pending_operations?: PendingOperation[];
  metadata?: Record<string, unknown>;
  snippets?: unknown[];
  extensions?: Record<string, unknown>;
  [field: string]: unknown;
}

/** `version` is the deployment schema: 3, or 4 when `features` is not empty. */
export interface Checkpoint {
  version: number;
  features?: string[];
  deployment: Deployment;
}

/** The manifest of a stack that was never updated carries no magic, as the hosted service answers. */
export function emptyCheckpoint(): Checkpoint {
  return { version: 3, deployment: { manifest: { time: timeNow().toISOString(), magic: '', version: '' } } };
}

/** The engine refuses a snapshot whose magic is not the digest of its version. */
export function manifestMagic(version: string): string {
  return createHash('sha256').update(version).digest('hex');
}

/** Resources that exist outside the engine: neither the stack nor components nor provider configurations. */
export function liveResources(deployment: Deployment): ResourceState[] {
  return (deployment.resources ?? []).filter((resource) => resource.custom && !resource.type.startsWith('pulumi:'));
}

/** Creates whose outcome nobody recorded. */
export function pendingCreates(deployment: Deployment): PendingOperation[] {
  return (deployment.pending_operations ?? []).filter((operation) => operation.type === 'creating');
}

/**
 * The first reason why the engine would refuse to load this snapshot, or null. The rules are the
 * engine's own: well-formed resources, known providers, and every reference declared earlier.
 */
export function integrityError(deployment: Deployment): string | null {
  if (deployment.manifest.magic !== manifestMagic(deployment.manifest.version)) return 'the manifest magic does not match its version';
  const urns = new Set<string>();
  const providers = new Set<string>();
  for (const [index, resource] of (deployment.resources ?? []).entries()) {
    const problem = resourceProblem(resource, index, urns, providers);
    if (problem) return problem;
    if (resource.type.startsWith('pulumi:providers:')) providers.add(`${resource.urn}::${resource.id}`);
    urns.add(resource.urn);
  }
  return duplicateUrn(deployment.resources ?? []);
}

function resourceProblem(resource: ResourceState, index: number, urns: Set<string>, providers: Set<string>): string | null {
  if (typeof resource.urn !== 'string' || resource.urn === '') return `resource at index ${index} has no urn`;
  if (typeof resource.type !== 'string' || resource.type === '') return `resource ${resource.urn} has no type`;
  if (!resource.custom && resource.id) return `resource ${resource.urn} is not custom but has an id`;
  if (resource.provider && !resource.pendingReplacement && !providers.has(resource.provider)) {
    return `resource ${resource.urn} refers to an unknown provider`;
  }
  for (const [kind, urn] of references(resource)) {
    if (!urns.has(urn)) return `resource ${resource.urn}: ${kind} ${urn} is missing or comes later`;
  }
  return null;
}

function* references(resource: ResourceState): Generator<[string, string]> {
  if (resource.parent) yield ['parent', resource.parent];
  for (const urn of resource.dependencies ?? []) yield ['dependency', urn];
  for (const urns of Object.values(resource.propertyDependencies ?? {})) for (const urn of urns) yield ['property dependency', urn];
  if (resource.deletedWith) yield ['deletedWith', resource.deletedWith];
  for (const urn of resource.replaceWith ?? []) yield ['replaceWith', urn];
}

/** One living resource per URN; those marked for deletion may share it. */
function duplicateUrn(resources: readonly ResourceState[]): string | null {
  const living = new Set<string>();
  for (const resource of resources) {
    if (resource.delete) continue;
    if (living.has(resource.urn)) return `resource ${resource.urn} stands twice`;
    living.add(resource.urn);
  }
  return null;
}
