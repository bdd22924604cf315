// What JSX becomes. Both are there without an import: the builder gives each file that has JSX its
// own (webpack.config.cjs; for the tests vitest.config.mjs), of one letter when it is made small,
// where `React.createElement` would be written out over a thousand times.
import React from 'react';

export const createElement = React.createElement;
export const Fragment = React.Fragment;

declare global {
  const createElement: typeof React.createElement;
  const Fragment: typeof React.Fragment;
}
