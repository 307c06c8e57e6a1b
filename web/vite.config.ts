import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['PLINTH_URL'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
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
    // One page an audience; what both need is in files of its own.
    rolldownOptions: { input: ['index.html', 'portal.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))) },
  },
  server: { proxy: { '/api': api } },
});
