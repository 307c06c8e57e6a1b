/** Google's discovery documents in OpenAPI's words, so that one comparison serves all vendors. */
type Node = { [key: string]: unknown };

interface Method {
  readonly httpMethod: string;
  readonly path: string;
  readonly flatPath?: string;
  readonly request?: Node;
  readonly response?: Node;
}
interface Resource {
  readonly methods?: Readonly<Record<string, Method>>;
  readonly resources?: Readonly<Record<string, Resource>>;
}

export function isDiscovery(document: Node): boolean {
  return document['kind'] === 'discovery#restDescription';
}

/** Every error is of one shape, which discovery documents leave out. */
const PROBLEM = {
  type: 'object',
  required: ['error'],
  properties: {
    error: { type: 'object', required: ['code', 'message'], properties: { code: { type: 'integer' }, message: { type: 'string' } } },
  },
};

export function openApiOf(document: Node): Node {
  const paths: Record<string, Node> = {};
  const body = (schema: Node | undefined): Node => (schema ? { content: { 'application/json': { schema: translated(schema) } } } : {});
  const add = ({ methods = {}, resources = {} }: Resource): void => {
    for (const { httpMethod, path, flatPath = path, request, response } of Object.values(methods)) {
      const at = `/${String(document['servicePath'])}${flatPath}`;
      const answers = { '200': body(response), '4XX': { content: { 'application/json': { schema: PROBLEM } } } };
      paths[at] = { ...paths[at], [httpMethod.toLowerCase()]: { ...(request ? { requestBody: body(request) } : {}), responses: answers } };
    }
    for (const each of Object.values(resources)) add(each);
  };
  add(document as Resource);
  const schemas = Object.entries(document['schemas'] as Record<string, Node>).map(([name, schema]) => [name, translated(schema)]);
  return { paths, components: { schemas: Object.fromEntries(schemas) as Node } };
}

/** A schema of JSON Schema: references by pointer, no `any`, and nothing beside the properties that are named. */
function translated(schema: Node): Node {
  const { $ref, type, properties, items, additionalProperties, ...rest } = schema;
  if (typeof $ref === 'string') return { $ref: $ref.startsWith('#') ? $ref : `#/components/schemas/${$ref}` };
  const named = properties as Record<string, Node> | undefined;
  const inner = named && Object.fromEntries(Object.entries(named).map(([name, each]) => [name, translated(each)]));
  const { enum: values, pattern, format } = rest;
  return {
    ...(type === undefined || type === 'any' ? {} : { type }),
    ...(values === undefined ? {} : { enum: values }),
    ...(pattern === undefined || type !== 'string' ? {} : { pattern }),
    ...(format === undefined ? {} : { format }),
    ...(inner ? { properties: inner, additionalProperties: false } : {}),
    ...(items ? { items: translated(items as Node) } : {}),
    ...(additionalProperties ? { additionalProperties: translated(additionalProperties as Node) } : {}),
  };
}
