/** The order of a VPS, as text for people who would rather have it in a script: three ways to the same request. */

/** What the shell takes as it stands: JSON has no line of its own that could end it. */
function document(body: object): string {
  return `<<'END'\n${JSON.stringify(body, null, 2)}\nEND`;
}

/** With the token in `PLINTH_TOKEN`. @param origin where the service answers */
export function asCurl(body: object, origin: string): string {
  const headers = `-H "authorization: Bearer $PLINTH_TOKEN" -H 'content-type: application/json'`;
  return `curl --fail-with-body -X POST '${origin}/api/vps' \\\n  ${headers} \\\n  --data @- ${document(body)}`;
}

/** For `plinth`, which knows service and token of its last login. */
export function asCommand(body: object): string {
  return `plinth vps create --file /dev/stdin --wait ${document(body)}`;
}

/** A resource of somebody's own Pulumi program: made with its first update, destroyed with its stack. */
export function asProgram(body: object & { readonly label: string }): string {
  const wanted = JSON.stringify(body, null, 2).replaceAll('\n', '\n    ');
  return `import { local } from '@pulumi/command';

new local.Command(${JSON.stringify(body.label)}, {
  create: 'plinth vps create --file /dev/stdin --wait',
  stdin: JSON.stringify(
    ${wanted},
  ),
  delete: ${JSON.stringify(`plinth vps destroy ${body.label} --grace 0 --yes --wait`)},
});`;
}
