/** Writes the README's table of providers anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { capabilityTable } from '../providers/testing/capability-table.ts';
import { providers } from '../providers/list.ts';

const file = new URL('../README.md', import.meta.url);
const table = capabilityTable(providers);
const text = readFileSync(file, 'utf8').replace(
  /(<!-- providers -->\n\n)[\s\S]*?(\n\n<!-- \/providers -->)/,
  (_, before, after) => before + table + after,
);
writeFileSync(file, text);
