/** A file that opens a Windows server in the Remote Desktop client. Without React. */

/** Whether who administers it says that it is Windows. */
export const isWindows = (user: string): boolean => user.toLowerCase() === 'administrator';

/** The password never stands in it: the client asks. Lines end as Windows has them. */
export function rdpFile(address: string, user: string): string {
  const lines = [`full address:s:${address}`, `username:s:${user}`, 'prompt for credentials:i:1', 'authentication level:i:2'];
  return `${lines.join('\r\n')}\r\n`;
}
