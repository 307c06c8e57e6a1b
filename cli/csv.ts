/** CSV as spreadsheets write it (RFC 4180): a header, quotes doubled inside quotes, any line ends. */

/** One object a row, by the header's names. @throws Error naming the line whose cells are not the header's. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header, ...rows] = cellsOf(text.replace(/^\ufeff/, ''));
  if (!header) return [];
  return rows
    .map((cells, index) => ({ cells, line: index + 2 }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '')
    .map(({ cells, line }) => {
      if (cells.length !== header.length) throw new Error(`row ${line} has ${cells.length} cells; the header has ${header.length}`);
      return Object.fromEntries(cells.map((cell, place) => [header[place]!.trim(), cell]));
    });
}

function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|\n|\r|$)/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, quoted, bare = '', end] = match;
    rows.at(-1)!.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  if (pattern.lastIndex < text.length && pattern.lastIndex === 0)
    throw new Error('a quote is opened and not closed, or stands inside a cell');
  const last = rows.at(-1)!;
  if (last.length === 0 || (last.length === 1 && last[0] === '')) rows.pop();
  return rows;
}
