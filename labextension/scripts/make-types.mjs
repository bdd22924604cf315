// Writes TypeScript types from an OpenAPI document on stdin to stdout (see make_types.py).
import openapiTS, { astToString } from 'openapi-typescript';

const pieces = [];
for await (const piece of process.stdin) {
  pieces.push(piece);
}
const ast = await openapiTS(JSON.parse(Buffer.concat(pieces).toString('utf-8')), {
  defaultNonNullable: false,
  rootTypes: true,
  rootTypesNoSchemaPrefix: true
});
process.stdout.write(
  `// Made from the server's OpenAPI document by \`make types\`; do not edit.\n\n`
);
process.stdout.write(astToString(ast));
