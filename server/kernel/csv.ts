/** Files for spreadsheets. */

/** Quoted where it must be; what a spreadsheet would run as a formula is made text. An amount below zero is none. */
export function csvCell(text: string): string {
  const tame = /^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

export function csvFile(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
