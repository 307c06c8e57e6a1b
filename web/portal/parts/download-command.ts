/** The commands by which a customer takes a server's files along. Without React. */

/** A label as a file's name: only what no shell takes for something else. */
const plain = (label: string): string => label.replaceAll(/[^\w.-]+/g, '-').replace(/^[-.]+/, '') || 'server';

export const archiveOf = (label: string): string => `${plain(label)}.tar.gz`;

/** Run at home: the disk's files as they are, without what only the running system has (other file systems, such as /proc). */
export function downloadCommand(label: string, address: string, user: string): string {
  const tar = `${user === 'root' ? '' : 'sudo '}tar -C / --one-file-system -czf - .`;
  // Double quotes: the Command Prompt of Windows knows no others.
  return `ssh ${user}@${address} "${tar}" > ${archiveOf(label)}`;
}

/** Run on a Windows server, into a drive of the computer that is connected to it. */
export function copyCommand(label: string): string {
  return `robocopy C:\\Users \\\\tsclient\\C\\${plain(label)} /E /XJ /R:1 /W:1`;
}
