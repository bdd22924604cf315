// What is added to the configuration with which JupyterLab's builder builds the extension.
const { join } = require('node:path');

const { ProvidePlugin, SwcJsMinimizerRspackPlugin } = require('@rspack/core');

// what JSX becomes
const jsx = join(__dirname, 'lib/jsx.js');

module.exports = {
  plugins: [
    new ProvidePlugin({
      createElement: [jsx, 'createElement'],
      Fragment: [jsx, 'Fragment']
    })
  ],
  optimization: {
    chunkIds: 'natural',
    moduleIds: 'natural',
    mangleExports: 'size',
    minimizer: [
      new SwcJsMinimizerRspackPlugin({
        minimizerOptions: {
          ecma: 2022,
          compress: { ecma: 2022, passes: 4, unsafe_arrows: true, unsafe_methods: true },
          format: { ecma: 2022, comments: false },
          // private members; `_n` and `_p` are JupyterLab's, of a bundle of translations
          mangle: { props: { regex: '^_[a-z]{2,}', reserved: ['_np'] } }
        }
      })
    ],
    splitChunks: {
      cacheGroups: {
        default: false,
        defaultVendors: false
      }
    }
  }
};
