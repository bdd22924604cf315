// What JSX becomes. Both are there without an import: the builder gives each file that has JSX its
// own (webpack.config.cjs; for the tests vitest.config.mjs), of one letter when it is made small,
// where `React.createElement` would be written out over a thousand times.
declare const createElement: typeof React.createElement;
declare const Fragment: typeof React.Fragment;
