/**
 * Replays an update's journal over the checkpoint it started from.
 *
 * The CLI sends one entry when a step begins (acknowledged before the provider is called) and one when
 * it ends, instead of whole checkpoints. "Old" ids are indices into the base's resources, "new" ids are
 * operation ids of entries in this journal. An entry of a kind we do not know must fail loudly: guessing
 * would corrupt the state. The rules are those of the pinned engine's own replayer; on every engine
 * upgrade compare them again.
 */
import { timeNow } from '../kernel/clock.ts';
import { manifestMagic, type Checkpoint, type Deployment, type PendingOperation, type ResourceState } from '../kernel/deployment.ts';

export interface JournalEntry {
  version: number;
  kind: number;
  sequenceID: number;
  operationID: number;
  removeOld?: number | null;
  removeNew?: number | null;
  pendingReplacementOld?: number;
  pendingReplacementNew?: number;
  deleteOld?: number;
  deleteNew?: number;
  state?: ResourceState;
  operation?: PendingOperation;
  isRefresh?: boolean;
  secretsProvider?: { type: string; state?: unknown };
  newSnapshot?: Deployment;
  snippets?: unknown[];
  extensionRef?: string;
  extension?: unknown;
  requiresByteString?: boolean;
}

const KIND = {
  begin: 0,
  success: 1,
  failure: 2,
  refreshSuccess: 3,
  outputs: 4,
  write: 5,
  secretsManager: 6,
  rebuiltBase: 7,
  extension: 8,
  snippets: 9,
} as const;

const FIRST_KIND = KIND.begin;
const LAST_KIND = KIND.snippets;

export function isKnownKind(kind: number): boolean {
  return Number.isInteger(kind) && kind >= FIRST_KIND && kind <= LAST_KIND;
}

interface Fold {
  base: Deployment;
  added: ResourceState[];
  addedIndex: Map<number, number>;
  removedNew: Set<number>;
  removedOld: Set<number>;
  replacedOld: Map<number, ResourceState>;
  deleteMarkedOld: Set<number>;
  pendingReplacementOld: Set<number>;
  incomplete: Map<number, JournalEntry>;
  extensions: Record<string, unknown>;
  refreshed: boolean;
  byteStrings: boolean;
}

/**
 * The checkpoint after `entries` (any order; sorted here by `sequenceID`). `base` is not modified.
 * `engineVersion` goes into the manifest. Throws on an unknown kind.
 */
export function replayJournal(base: Deployment, entries: readonly JournalEntry[], engineVersion: string): Checkpoint {
  let fold = startFold(structuredClone(base));
  for (const entry of entries.toSorted((a, b) => a.sequenceID - b.sequenceID)) {
    if (entry.kind === KIND.rebuiltBase) {
      fold = { ...startFold(finish(fold, engineVersion).deployment), byteStrings: fold.byteStrings, refreshed: fold.refreshed };
    } else {
      apply(fold, structuredClone(entry));
    }
  }
  return finish(fold, engineVersion);
}

function startFold(base: Deployment): Fold {
  return {
    base,
    added: [],
    addedIndex: new Map(),
    removedNew: new Set(),
    removedOld: new Set(),
    replacedOld: new Map(),
    deleteMarkedOld: new Set(),
    pendingReplacementOld: new Set(),
    incomplete: new Map(),
    extensions: {},
    refreshed: false,
    byteStrings: false,
  };
}

function apply(fold: Fold, entry: JournalEntry): void {
  if (entry.requiresByteString) fold.byteStrings = true;
  switch (entry.kind) {
    case KIND.begin:
      fold.incomplete.set(entry.operationID, entry);
      return;
    case KIND.success:
      applySuccess(fold, entry);
      return;
    case KIND.failure:
      fold.incomplete.delete(entry.operationID);
      return;
    case KIND.refreshSuccess:
      fold.incomplete.delete(entry.operationID);
      fold.refreshed = true;
      substitute(fold, entry, true);
      return;
    case KIND.outputs:
      if (entry.state) substitute(fold, entry, false);
      return;
    case KIND.write:
      if (entry.newSnapshot) fold.base = entry.newSnapshot;
      return;
    case KIND.secretsManager:
      applySecretsManager(fold, entry);
      return;
    case KIND.extension:
      if (entry.extensionRef !== undefined) fold.extensions[entry.extensionRef] = entry.extension;
      return;
    case KIND.snippets:
      if (entry.snippets === undefined) delete fold.base.snippets;
      else fold.base.snippets = entry.snippets;
      return;
    default:
      throw new Error(`The journal has an entry of kind ${entry.kind}, which this version of Plinth does not know. Use the pinned engine.`);
  }
}

function applySuccess(fold: Fold, entry: JournalEntry): void {
  fold.incomplete.delete(entry.operationID);
  if (entry.state) {
    fold.addedIndex.set(entry.operationID, fold.added.length);
    fold.added.push(entry.state);
  }
  if (isId(entry.removeOld)) fold.removedOld.add(entry.removeOld);
  if (isId(entry.removeNew)) fold.removedNew.add(entry.removeNew);
  if (isId(entry.deleteOld)) fold.deleteMarkedOld.add(entry.deleteOld);
  if (isId(entry.deleteNew)) addedBy(fold, entry.deleteNew).delete = true;
  if (isId(entry.pendingReplacementOld)) fold.pendingReplacementOld.add(entry.pendingReplacementOld);
  if (isId(entry.pendingReplacementNew)) addedBy(fold, entry.pendingReplacementNew).pendingReplacement = true;
  if (entry.isRefresh) fold.refreshed = true;
}

/** Puts `state` where the old one stood, or drops the old one when a refresh found nothing. */
function substitute(fold: Fold, entry: JournalEntry, dropWhenEmpty: boolean): void {
  if (isId(entry.removeOld)) {
    if (entry.state) fold.replacedOld.set(entry.removeOld, entry.state);
    else if (dropWhenEmpty) fold.removedOld.add(entry.removeOld);
  }
  if (isId(entry.removeNew)) {
    if (entry.state) {
      addedBy(fold, entry.removeNew);
      fold.added[fold.addedIndex.get(entry.removeNew)!] = entry.state;
    } else if (dropWhenEmpty) fold.removedNew.add(entry.removeNew);
  }
}

/** Keeps the old one when equal, so that its ciphertexts stay as they are. */
function applySecretsManager(fold: Fold, entry: JournalEntry): void {
  const before = fold.base.secrets_providers;
  const same =
    before?.type === entry.secretsProvider?.type && JSON.stringify(before?.state) === JSON.stringify(entry.secretsProvider?.state);
  if (same || !entry.secretsProvider) return;
  fold.base.secrets_providers = entry.secretsProvider;
}

function addedBy(fold: Fold, operationId: number): ResourceState {
  const index = fold.addedIndex.get(operationId);
  const resource = index === undefined ? undefined : fold.added[index];
  if (!resource) throw new Error(`The journal refers to operation ${operationId}, which added no resource.`);
  return resource;
}

function isId(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

function finish(fold: Fold, engineVersion: string): Checkpoint {
  const removed = new Set([...fold.removedNew].map((operation) => fold.addedIndex.get(operation)));
  let resources = fold.added.filter((_, index) => !removed.has(index));
  for (const [index, resource] of (fold.base.resources ?? []).entries()) {
    if (fold.removedOld.has(index)) continue;
    const replaced = fold.replacedOld.get(index);
    if (replaced) {
      resources.push(replaced);
      continue;
    }
    if (fold.pendingReplacementOld.has(index)) resource.pendingReplacement = true;
    if (fold.deleteMarkedOld.has(index)) resource.delete = true;
    resources.push(resource);
  }
  const unresolved = [...fold.incomplete.values()].flatMap((entry) => (entry.operation ? [entry.operation] : []));
  const inherited = (fold.base.pending_operations ?? []).filter((operation) => operation.type === 'creating');
  const pending = [...unresolved, ...inherited];
  if (fold.refreshed) resources = rebuildReferences(resources);
  const deployment: Deployment = {
    manifest: { time: timeNow().toISOString(), magic: manifestMagic(engineVersion), version: engineVersion },
    ...(fold.base.secrets_providers ? { secrets_providers: fold.base.secrets_providers } : {}),
    ...(resources.length > 0 ? { resources: normaliseAliases(resources) } : {}),
    ...(pending.length > 0 ? { pending_operations: pending } : {}),
    metadata: fold.base.metadata ?? {},
    ...(fold.base.snippets ? { snippets: fold.base.snippets } : {}),
  };
  const extensions = { ...fold.extensions, ...fold.base.extensions };
  if (Object.keys(extensions).length > 0) deployment.extensions = extensions;
  const features = featuresOf([...resources, ...pending.map((operation) => operation.resource)], deployment, fold.byteStrings);
  return features.length > 0 ? { version: 4, features, deployment } : { version: 3, deployment };
}

/** A refresh may have dropped resources that others still point to. Resources come dependencies first. */
function rebuildReferences(resources: ResourceState[]): ResourceState[] {
  const known = new Set<string>();
  const parents = new Map<string, string | undefined>();
  // The engine writes no empty lists, so neither do we.
  for (const resource of resources) {
    const dependencies = resource.dependencies?.filter((urn) => known.has(urn)) ?? [];
    if (dependencies.length > 0) resource.dependencies = dependencies;
    else delete resource.dependencies;
    const byProperty = Object.entries(resource.propertyDependencies ?? {})
      .map(([key, urns]) => [key, urns.filter((urn) => known.has(urn))] as const)
      .filter(([, urns]) => urns.length > 0);
    if (byProperty.length > 0) resource.propertyDependencies = Object.fromEntries(byProperty);
    else delete resource.propertyDependencies;
    const replaceWith = resource.replaceWith?.filter((urn) => known.has(urn)) ?? [];
    if (replaceWith.length > 0) resource.replaceWith = replaceWith;
    else delete resource.replaceWith;
    if (resource.deletedWith && !known.has(resource.deletedWith)) delete resource.deletedWith;
    known.add(resource.urn);
  }
  for (const resource of resources) {
    if (resource.parent && !known.has(resource.parent)) {
      const grandparent = parents.get(resource.parent);
      if (grandparent) resource.parent = grandparent;
      else delete resource.parent;
    }
    parents.set(resource.urn, resource.parent);
  }
  return resources;
}

/** References by a former URN become references by the present one; the aliases themselves are dropped. */
function normaliseAliases(resources: ResourceState[]): ResourceState[] {
  const present = new Map<string, string>();
  for (const resource of resources) {
    for (const alias of resource.aliases ?? []) present.set(alias, resource.urn);
    // A child carries its parent's type path in its own URN, so it moves with the parent.
    const parent = resource.parent ? present.get(resource.parent) : undefined;
    if (parent) present.set(resource.urn, childUrn(parent, resource.urn));
  }
  if (present.size === 0) return resources;
  const fix = (urn: string): string => present.get(urn) ?? urn;
  return resources.map((resource) => {
    const fixed: ResourceState = { ...resource, urn: fix(resource.urn) };
    delete fixed.aliases;
    if (fixed.parent) fixed.parent = fix(fixed.parent);
    if (fixed.dependencies) fixed.dependencies = fixed.dependencies.map(fix);
    if (fixed.propertyDependencies) {
      fixed.propertyDependencies = Object.fromEntries(
        Object.entries(fixed.propertyDependencies).map(([key, urns]) => [key, urns.map(fix)]),
      );
    }
    if (fixed.deletedWith) fixed.deletedWith = fix(fixed.deletedWith);
    if (fixed.replaceWith) fixed.replaceWith = fixed.replaceWith.map(fix);
    if (fixed.provider) {
      const cut = fixed.provider.lastIndexOf('::');
      fixed.provider = fix(fixed.provider.slice(0, cut)) + fixed.provider.slice(cut);
    }
    return fixed;
  });
}

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`; children of the stack itself carry their own type only. */
function childUrn(parentUrn: string, urn: string): string {
  const parentTypes = parentUrn.split('::')[2];
  const [head, project, types, ...name] = urn.split('::');
  const ownType = types?.split('$').at(-1);
  const path = parentTypes === undefined || parentTypes === 'pulumi:pulumi:Stack' ? types : `${parentTypes}$${ownType}`;
  return [head, project, path, ...name].join('::');
}

/** Features a reader must know before it may load the deployment; any of them makes it schema 4. */
function featuresOf(resources: readonly ResourceState[], deployment: Deployment, byteStrings: boolean): string[] {
  const found = new Set<string>();
  if (byteStrings && resources.length > 0) found.add('byteString');
  if (deployment.snippets?.length) found.add('snippets-prototype');
  for (const resource of resources) {
    if (resource['refreshBeforeUpdate']) found.add('refreshBeforeUpdate');
    if (resource['viewOf']) found.add('views');
    if (Object.keys((resource['resourceHooks'] as object | undefined) ?? {}).length > 0) found.add('hooks');
    if (resource['taint']) found.add('taint');
    if (resource.replaceWith?.length) found.add('replaceWith');
    if (resource['extensionRef']) found.add('extensionParameterization');
    if (resource['snippetID']) found.add('snippets-prototype');
  }
  return [...found].toSorted();
}
