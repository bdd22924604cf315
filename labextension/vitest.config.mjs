import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//] } }
  },
  assetsInclude: ['**/*.parquet'],
  css: { modules: {} }
});
