import { defineConfig } from 'vitest/config';

export default defineConfig({
  // what JSX becomes, see src/jsx.ts
  esbuild: { jsxInject: "import { createElement, Fragment } from 'react'" },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//] } }
  },
  css: { modules: {} }
});
