// What is added to the configuration with which JupyterLab's builder builds the extension.
const { join } = require('node:path');

module.exports = {
  module: {
    rules: [
      {
        test: /style[\\/]index\.css$/,
        enforce: 'pre',
        loader: join(__dirname, 'scripts/style.cjs')
      }
    ]
  },
  optimization: {
    splitChunks: {
      cacheGroups: {
        default: false,
        defaultVendors: false,
        // what several lazily loaded views have in common is in one file, not in each view's
        shared: { name: 'shared', chunks: 'async', minChunks: 2, minSize: 0 }
      }
    }
  }
};
