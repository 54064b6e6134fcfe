// Whatever is deprecated names what to use instead, and the day after which it goes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildSchema } from 'graphql';
import { faults } from '../src/deprecations.js';

test('every deprecation of the schema names its replacement and its date', () => {
  assert.deepEqual(faults(buildSchema(readFileSync(process.env.MAIP_SCHEMA, 'utf8'))), []);
});

const withReason = (reason) =>
  faults(
    buildSchema(`
      type Query { lesson(id: ID!, number: Int @deprecated(reason: "${reason}")): Lesson }
      type Lesson { title: String, name: String @deprecated(reason: "${reason}") }
      enum Outcome { WORKED, PARTLY, HALF @deprecated(reason: "${reason}") }
      input Draft { title: String, name: String @deprecated(reason: "${reason}") }`),
  );

test('a replacement that is there and a date will do, for fields, arguments, values and inputs', () => {
  assert.deepEqual(withReason('Use `Query.lesson.id`. Goes after 2027-06-30.'), []);
  assert.deepEqual(withReason('Use `Outcome.PARTLY`. Goes after 2027-06-30.'), []);
});

for (const reason of [
  'No longer supported',
  'Use `Lesson.title`.',
  'Goes after 2027-06-30.',
  'Use `Lesson.nothing`. Goes after 2027-06-30.',
  'Use `Lesson.name`. Goes after 2027-06-30.',
  'Use `Lesson.title`. Goes after 2027-06-31.',
]) {
  test(`"${reason}" will not do`, () => {
    assert.equal(withReason(reason).length, 4);
  });
}
