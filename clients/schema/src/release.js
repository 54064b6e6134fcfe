// `npm run release`, with the commit that gets a tag: what is the schema now is the one that clients
// are written for, and breaks that were declared are known from here on.
import { copyFileSync, writeFileSync } from 'node:fs';

const here = (path) => new URL(path, import.meta.url);
copyFileSync(here('../../../schema.graphql'), here('../released.graphql'));
writeFileSync(here('../breaks.json'), '[]\n');
