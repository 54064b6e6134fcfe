// Nothing that a client of the last release relies on goes away or changes, unless breaks.json says
// so, with the reason.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { breaks } from '../src/breaks.js';
import { kept, tagged } from '../src/released.js';

const schema = readFileSync(process.env.MAIP_SCHEMA, 'utf8');
const declared = JSON.parse(readFileSync(new URL('../breaks.json', import.meta.url), 'utf8'));

test('the schema breaks nothing of the last release but what is declared', async () => {
  const found = await breaks(tagged()?.sdl ?? kept(), schema);
  const known = ({ type, path }) => declared.some((one) => one.type === type && one.path === path);
  assert.deepEqual(
    found.filter((change) => !known(change)),
    [],
    'keep the old beside the new and mark it @deprecated, or declare the break in clients/schema/breaks.json',
  );
  assert.deepEqual(
    declared.filter(({ type, path }) => !found.some((one) => one.type === type && one.path === path)),
    [],
    'these are declared and break nothing',
  );
  assert.ok(declared.every(({ reason }) => reason?.length > 20), 'each says why it has to be');
});

test('the copy that is kept is the schema of the last tag', () => {
  const last = tagged();
  if (last) assert.equal(kept(), last.sdl, `run npm run release in clients/schema for ${last.tag}`);
});

/** What a change of the schema breaks, as `type path`. */
async function brokenBy(before, after, today) {
  const changed = schema.replace(before, after);
  assert.notEqual(changed, schema, `the schema has no ${before}`);
  return (await breaks(schema, changed, today)).map(({ type, path }) => `${type} ${path}`);
}

for (const [what, before, after, broken] of [
  ['a field that can be null now', /(type Lesson implements Node \{[^}]*?id: ID)!/, '$1', ['FIELD_TYPE_CHANGED Lesson.id']],
  ['an input that has to be given now', /(input SignInInput \{[^}]*?label: String)/, '$1!', ['INPUT_FIELD_TYPE_CHANGED SignInInput.label']],
  ['a root field with another name', /lessonPublished\(/, 'lessonAppeared(', ['FIELD_REMOVED Subscription.lessonPublished']],
  ['a value that goes', /(enum Outcome \{[^}]*?)PARTLY/, '$1HALF', ['ENUM_VALUE_REMOVED Outcome.PARTLY', 'ENUM_VALUE_ADDED Outcome.HALF']],
  ['a value in an enum that does not grow', /(enum Outcome \{)/, '$1\n  UNKNOWN', ['ENUM_VALUE_ADDED Outcome.UNKNOWN']],
  ['another default', /(keepThisDevice: Boolean! = )false/, '$1true', ['INPUT_FIELD_DEFAULT_VALUE_CHANGED SignOutEverywhereInput.keepThisDevice']],
]) {
  test(`${what} is a break`, async () => {
    assert.deepEqual((await brokenBy(before, after)).sort(), broken.sort());
  });
}

for (const [what, before, after] of [
  ['a new field', 'type Lesson implements Node {', 'type Lesson implements Node {\n  more: String'],
  ['a new argument that may be left out', 'lessonPublished(', 'lessonPublished(country: CountryCode,'],
  ['a value in an enum that may grow', 'enum ActorType {', 'enum ActorType {\n  COOK'],
  ['a deprecation', /(type Lesson implements Node \{[^}]*?id: ID!)/, '$1 @deprecated(reason: "Use `Lesson.title`. Goes after 2027-01-01.")'],
]) {
  test(`${what} is none`, async () => {
    assert.deepEqual(await brokenBy(before, after), []);
  });
}

test('what was deprecated may go once its date has come, and not before', async () => {
  const old = 'more: String @deprecated(reason: "Use `Lesson.title`. Goes after 2027-01-01.")';
  const before = schema.replace('type Lesson implements Node {', `type Lesson implements Node {\n  ${old}`);
  assert.deepEqual(await breaks(before, schema, '2027-01-01'), []);
  assert.equal((await breaks(before, schema, '2026-12-31')).length, 1);
});

test('the last tag decides where there is one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maip-released-'));
  try {
    const git = (...command) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...command], { cwd: folder, stdio: 'pipe' });
    git('init', '--quiet');
    writeFileSync(join(folder, 'schema.graphql'), 'type Query { old: Int }');
    git('add', '.');
    git('commit', '--quiet', '--message', 'first');
    assert.equal(tagged(folder), null);
    git('tag', 'v1');
    writeFileSync(join(folder, 'schema.graphql'), 'type Query { new: Int }');
    git('commit', '--quiet', '--all', '--message', 'second');
    assert.deepEqual(tagged(folder), { tag: 'v1', sdl: 'type Query { old: Int }' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
