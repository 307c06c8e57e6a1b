/**
 * What a vendor's package says of a resource's outputs, read from the type declarations of its SDK: the same schema the
 * vendor's plugin keeps its states by, and at hand wherever the tests run.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'array' | 'map'; readonly items: Shape }
  | { readonly kind: 'object'; readonly properties: Readonly<Record<string, Property>> };

export interface Property {
  readonly shape: Shape;
  /** The vendor may leave it out. */
  readonly optional: boolean;
}

/** Of every type token asked for, the outputs by its SDK's npm package. Throws for a token that the SDK does not have. */
export function vendorOutputs(
  asked: readonly (readonly [npmPackage: string, token: string])[],
): Map<string, Readonly<Record<string, Property>>> {
  const files = new Map(asked.map(([npmPackage, token]) => [token, declarationOf(npmPackage, token)]));
  const program = ts.createProgram([...files.values()], { noEmit: true, skipLibCheck: true, strict: true, types: [] });
  const checker = program.getTypeChecker();
  return new Map([...files].map(([token, file]) => [token, outputsOf(program.getSourceFile(file)!, nameOf(token), checker)]));
}

interface SchemaType {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: SchemaType;
  readonly additionalProperties?: SchemaType;
}
interface SchemaObject {
  readonly properties?: Readonly<Record<string, SchemaType>>;
  readonly required?: readonly string[];
}

/** The same from a package's schema as data, for vendors whose SDK is not used; undefined where that reference is not at hand. */
export function schemaOutputs(pulumiPackage: string): Map<string, Readonly<Record<string, Property>>> | undefined {
  const root = process.env['PLINTH_REFERENCE_DIR'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');
  const file = join(root, 'resource-schemas', `${pulumiPackage}.json`);
  if (!existsSync(file)) return undefined;
  const { resources, types } = JSON.parse(readFileSync(file, 'utf8')) as Record<'resources' | 'types', Record<string, SchemaObject>>;
  const propertiesOf = ({ properties = {}, required = [] }: SchemaObject): Record<string, Property> =>
    Object.fromEntries(
      Object.entries(properties).map(([name, type]) => [name, { shape: shape(type), optional: !required.includes(name) }]),
    );
  const shape = (type: SchemaType): Shape => {
    const named = type.$ref?.replace('#/types/', '');
    if (named !== undefined) return types[named] ? { kind: 'object', properties: propertiesOf(types[named]) } : { kind: 'any' };
    if (type.type === 'array') return { kind: 'array', items: shape(type.items ?? {}) };
    if (type.type === 'object') return { kind: 'map', items: shape(type.additionalProperties ?? {}) };
    if (type.type === 'integer' || type.type === 'number') return { kind: 'number' };
    return type.type === 'string' || type.type === 'boolean' ? { kind: type.type } : { kind: 'any' };
  };
  return new Map(Object.entries(resources).map(([token, resource]) => [token, propertiesOf(resource)]));
}

/** `linode:index/sshKey:SshKey` is `sshKey.d.ts`; some SDKs write the file's name in another case. */
function declarationOf(npmPackage: string, token: string): string {
  const root = dirname(createRequire(import.meta.url).resolve(`${npmPackage}/package.json`));
  const wanted = `${/index\/(\w+):/.exec(token)![1]!.toLowerCase()}.d.ts`;
  for (const folder of [root, join(root, 'bin')]) {
    const found = existsSync(folder) ? readdirSync(folder).find((file) => file.toLowerCase() === wanted) : undefined;
    if (found !== undefined) return join(folder, found);
  }
  throw new Error(`${npmPackage} has no resource ${token}.`);
}

function nameOf(token: string): string {
  return token.slice(token.lastIndexOf(':') + 1);
}

function outputsOf(file: ts.SourceFile, name: string, checker: ts.TypeChecker): Record<string, Property> {
  const declared = file.statements.find((each): each is ts.ClassDeclaration => ts.isClassDeclaration(each) && each.name?.text === name);
  if (!declared) throw new Error(`${file.fileName} declares no class ${name}.`);
  const found: Record<string, Property> = {};
  for (const member of declared.members) {
    if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name) || member.name.text.startsWith('__')) continue;
    if (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)) continue;
    const written = member.type;
    const inner = written && ts.isTypeReferenceNode(written) ? written.typeArguments?.[0] : undefined;
    if (inner) found[member.name.text] = property(checker.getTypeFromTypeNode(inner), checker);
  }
  return found;
}

function property(type: ts.Type, checker: ts.TypeChecker): Property {
  const optional = type.isUnion() && type.types.some(({ flags }) => (flags & ts.TypeFlags.Undefined) !== 0);
  return { shape: shapeOf(checker.getNonNullableType(type), checker), optional };
}

function shapeOf(type: ts.Type, checker: ts.TypeChecker): Shape {
  if (type.flags & ts.TypeFlags.StringLike) return { kind: 'string' };
  if (type.flags & ts.TypeFlags.NumberLike) return { kind: 'number' };
  if (type.flags & ts.TypeFlags.BooleanLike) return { kind: 'boolean' };
  // A union of a text and an enumeration, which the SDK writes for known values.
  if (type.isUnion()) return type.types.every(({ flags }) => flags & ts.TypeFlags.StringLike) ? { kind: 'string' } : { kind: 'any' };
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (checker.isArrayType(type) && element) return { kind: 'array', items: shapeOf(element, checker) };
  const value = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (value) return { kind: 'map', items: shapeOf(value, checker) };
  if (!(type.flags & ts.TypeFlags.Object)) return { kind: 'any' };
  const properties = type.getProperties().map((symbol) => {
    const declaredOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const inner = property(checker.getTypeOfSymbol(symbol), checker);
    return [symbol.name, { ...inner, optional: inner.optional || declaredOptional }] as const;
  });
  return { kind: 'object', properties: Object.fromEntries(properties) };
}

/** A state's outputs against the schema; one line for each place that the vendor would not have written so. */
export function outputComplaints(outputs: unknown, schema: Readonly<Record<string, Property>>): string[] {
  const { id, ...rest } = outputs as Record<string, unknown>;
  const noId = typeof id === 'string' && id !== '' ? [] : ['id: missing'];
  return [...noId, ...objectComplaints(rest, schema, '')];
}

function objectComplaints(value: Record<string, unknown>, schema: Readonly<Record<string, Property>>, path: string): string[] {
  const unknown = Object.keys(value).filter((key) => !(key in schema) && !key.startsWith('__'));
  const told = Object.entries(schema).flatMap(([key, { shape, optional }]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (value[key] === undefined || value[key] === null) return optional ? [] : [`${at}: missing`];
    return complaints(value[key], shape, at);
  });
  return [...unknown.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown to the vendor`), ...told];
}

const TIME = /(?:^created$|^updated$|[a-z]At$|[a-z]On$|^date[A-Z])/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** True for a property that holds a time, by the vendors' names for them. */
export function isTime(name: string): boolean {
  return TIME.test(name);
}

export function isZonedTime(value: unknown): boolean {
  return typeof value === 'string' && RFC_3339.test(value) && Number.isFinite(Date.parse(value));
}

function complaints(value: unknown, shape: Shape, path: string): string[] {
  if (shape.kind === 'any' || isSecret(value)) return [];
  if (shape.kind === 'array') {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((item, index) => complaints(item, shape.items, `${path}[${index}]`));
  }
  if (shape.kind === 'map' || shape.kind === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`];
    if (shape.kind === 'object') return objectComplaints(value as Record<string, unknown>, shape.properties, path);
    return Object.entries(value).flatMap(([key, item]) => complaints(item, shape.items, `${path}.${key}`));
  }
  if (typeof value !== shape.kind) return [`${path}: a ${typeof value}, not a ${shape.kind}`];
  const name = /(\w+)$/.exec(path)?.[1] ?? '';
  return isTime(name) && !isZonedTime(value) ? [`${path}: "${String(value)}" is not a time as in RFC 3339`] : [];
}

const SECRET_SIGNATURE = '4dabf18193072939515e22adb298388d';
function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && SECRET_SIGNATURE in value;
}
