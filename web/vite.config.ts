import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['PLINTH_URL'] ?? 'http://127.0.0.1:4000';

/**
 * One page an audience, which have files in common; the page of consoles is built by itself (`--mode console`): with a third at the
 * table, what the two load first would fall into many small files.
 */
const PAGES: Readonly<Record<string, readonly string[]>> = { console: ['console.html'], production: ['index.html', 'portal.html'] };

export default defineConfig(({ mode }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      // The original writes <style> elements at run time, which the Content-Security-Policy refuses.
      'react-remove-scroll': fileURLToPath(new URL('kit/lib/remove-scroll.tsx', import.meta.url)),
    },
  },
  build: {
    target: 'es2023',
    // A data: URL would need its own word in the policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: (PAGES[mode] ?? []).map((page) => fileURLToPath(new URL(page, import.meta.url))) },
  },
  server: { proxy: { '/api': api } },
}));
