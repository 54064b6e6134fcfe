// The reference that was built has all of the schema in it, and needs nothing from elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema } from 'graphql';

const page = readFileSync(new URL('../site/index.html', import.meta.url), 'utf8');
const schema = buildSchema(readFileSync(process.env.MAIP_SCHEMA, 'utf8'));
const places = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
/** As a reader sees it: without tags and entities, and with single spaces. */
const text = page
  .replace(/<[^>]+>/g, '')
  .replace(/&(?:#39|#x27|apos|rsquo);/g, "'")
  .replace(/&quot;/g, '"')
  .replace(/&#x3D;|&#61;/g, '=')
  .replace(/&lt;/g, '<')
  .replace(/&gt;/g, '>')
  .replace(/&amp;/g, '&')
  .replace(/\s+/g, ' ');

const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !Object.values(roots).includes(type),
);

test('every type has its place', () => {
  assert.ok(types.length > 200);
  assert.deepEqual(types.map(({ name }) => `definition-${name}`).filter((id) => !places.has(id)), []);
});

for (const [kind, root] of Object.entries(roots)) {
  test(`every ${kind} has its place`, () => {
    const names = Object.keys(root.getFields());
    assert.ok(names.length > 2);
    assert.deepEqual(names.map((name) => `${kind}-${name}`).filter((id) => !places.has(id)), []);
  });
}

test('what the schema says of its types and fields can be read', () => {
  // Markdown becomes markup: code in descriptions loses its quotes, typographic marks may change.
  const plain = (description) => description.replace(/`/g, '').replace(/\s+/g, ' ').split(/[:;.'"<>&_*]/)[0].trim();
  const fields = types.flatMap((type) => Object.values(type.getFields?.() ?? {}));
  const silent = [...types, ...fields, ...Object.values(roots).flatMap((root) => Object.values(root.getFields()))]
    .map(({ description }) => plain(description))
    .filter((description) => !text.includes(description));
  assert.deepEqual([...new Set(silent)], []);
});

test('links lead to places of the page, and nothing is loaded from elsewhere', () => {
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
  assert.ok(links.length > 1_000);
  assert.deepEqual([...new Set(links.filter((id) => !places.has(id)))], []);
  assert.doesNotMatch(page, /<(?:script|img|iframe)[^>]* src="http|<link[^>]* href="http|url\(["']?http/);
});
