// Writes src/api/schema.d.ts from the service's OpenAPI. The digest in its first line lets a test without Node tell
// that it is stale.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const target = new URL('src/api/schema.d.ts', import.meta.url).pathname;
const document = execFileSync('python', ['-m', 'labwright.service.schema'], { encoding: 'utf-8' });
const digest = createHash('sha256').update(document).digest('hex');
const types = astToString(await openapiTS(document, { defaultNonNullable: false }));
const text = `// Made by \`jlpm types\` from OpenAPI ${digest}. Do not edit.\n\n${types}`;
writeFileSync(target, await format(text, { ...(await resolveConfig(target)), parser: 'typescript' }));
