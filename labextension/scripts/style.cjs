// A loader for the style sheet: all that it imports as one text, without comments and white space.
const { resolve } = require('node:path');
const { build } = require('esbuild');

module.exports = function () {
  const done = this.async();
  build({
    entryPoints: [this.resourcePath],
    bundle: true,
    minify: true,
    write: false,
    metafile: true
  })
    .then(({ outputFiles, metafile }) => {
      // built again when a part of it changes
      Object.keys(metafile.inputs).forEach(name => this.addDependency(resolve(name)));
      done(null, `export default ${JSON.stringify(outputFiles[0].text.trim())};`);
    })
    .catch(done);
};
