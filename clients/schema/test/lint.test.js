// `schema.graphql` keeps to the rules of eslint.config.js, among them Relay's for connections.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lint } from '../src/lint.js';

const schema = readFileSync(process.env.MAIP_SCHEMA, 'utf8');

test('the schema keeps to every rule, and needs every exception', async () => {
  assert.deepEqual(await lint(schema), { broken: [], needless: [] });
});

/** Which rules a change of the schema breaks. */
async function brokenBy(before, after) {
  const changed = schema.replace(before, after);
  assert.notEqual(changed, schema, `the schema has no ${before}`);
  const { broken } = await lint(changed);
  return [...new Set(broken.map(({ rule }) => rule))];
}

const description = '"""\n  A text.\n  """\n  ';

for (const [what, before, after, rule] of [
  ['a connection without `pageInfo`', /(type LessonConnection \{[^}]*?)pageInfo: PageInfo!/, '$1page: PageInfo!', 'relay-connection-types'],
  ['an edge without `cursor`', /(type LessonEdge \{[^}]*?)cursor: String!/, '$1place: String!', 'relay-edge-types'],
  ['a list that can only be paged onwards', /(lessons\([^)]*?)last: Int,/, '$1lastly: Int,', 'relay-arguments'],
  ['a page that does not say whether another follows', /hasNextPage: Boolean!/, 'hasNextPage: Boolean', 'relay-page-info'],
  ['a field without a description', 'type Lesson implements Node {', 'type Lesson implements Node {\n  bare: String', 'require-description'],
  ['a field in another case', 'type Lesson implements Node {', `type Lesson implements Node {\n  ${description}own_name: String`, 'naming-convention'],
  ['a deprecation without a reason', 'type Lesson implements Node {', `type Lesson implements Node {\n  ${description}old: String @deprecated`, 'require-deprecation-reason'],
  ['a mutation that answers with a scalar', 'type Mutation {', `type Mutation {\n  ${description}touch: Boolean`, 'no-scalar-result-type-on-mutation'],
]) {
  test(`${what} is found`, async () => {
    assert.ok((await brokenBy(before, after)).includes(rule));
  });
}
