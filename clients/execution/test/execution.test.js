// Execution by the specification: the same answers as graphql-js gives over the same records.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, validate } from 'graphql';
import { Oracle } from '../src/oracle.js';
import { Operation, Random, spoiled } from '../src/random.js';
import { Records } from '../src/records.js';
import { signedIn } from '../../maip.js';
import { Server } from '../src/server.js';

const AT_ONCE = 8;
const VALID = 5_000;
const INVALID = 1_000;
const SEED = Number(process.env.SEED ?? 20_260_101);

const paths = (errors) => (errors ?? []).map(({ path }) => JSON.stringify(path ?? null)).sort();

function refused(schema, text) {
  try {
    return validate(schema, parse(text)).length > 0;
  } catch {
    return true;
  }
}

// The address of a file is signed anew with every answer, for as long as it holds.
function plain(data) {
  return JSON.stringify(data)?.replaceAll(/(\/files\/[^"?]*)\?[^"]*"/g, '$1"');
}

async function eachAtOnce(items, work) {
  const rest = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of rest) await work(item);
  }));
}

for (const [who, become] of [
  ['nobody', async () => new Server()],
  ['a facilitator', async () => new Server(() => signedIn('FACILITATOR'))],
]) {
  test(`execution, asked by ${who}`, async (t) => {
    const server = await become();
    const schema = await server.schema();
    const records = await new Records(server, schema).load();
    const oracle = new Oracle(schema, records);
    t.diagnostic(`${records.byId.size} records`);
    assert.ok(records.byId.size > 300);
    const random = new Random(SEED);
    const operations = Array.from({ length: VALID }, () => new Operation(random, schema, records));
    // Making them takes a while, in which nothing else was heard.
    await new Promise((done) => setTimeout(done, 100));

    await t.test(`${VALID} random operations give what graphql-js gives`, async (t) => {
      const counts = { compared: 0, invalid: 0, costly: 0, withErrors: 0 };
      await eachAtOnce(operations, async ({ text, variables }) => {
        const answer = await server.execute(text, variables);
        const seen = `${text}\n${JSON.stringify(variables)}\n${JSON.stringify(answer)}`;
        if (refused(schema, text)) {
          counts.invalid += 1;
          assert.ok(answer.errors && !('data' in answer), seen);
          return;
        }
        if (answer.errors?.[0]?.extensions?.code === 'QUERY_TOO_COMPLEX') {
          counts.costly += 1;
          return;
        }
        const expected = await oracle.answer(text, variables);
        assert.equal(plain(answer.data), plain(expected.data), seen);
        assert.deepEqual(paths(answer.errors), paths(expected.errors), seen);
        counts.compared += 1;
        counts.withErrors += expected.errors ? 1 : 0;
      });
      t.diagnostic(JSON.stringify(counts));
      assert.ok(counts.compared > VALID * 0.9 && counts.withErrors > VALID * 0.01, JSON.stringify(counts));
    });

    await t.test(`${INVALID} spoiled operations are refused where graphql-js refuses them`, async (t) => {
      let invalid = 0;
      const texts = operations.slice(0, INVALID).map(({ text }) => spoiled(random, text));
      await eachAtOnce(texts, async (text) => {
        const answer = await server.execute(text, {});
        const seen = `${text}\n${JSON.stringify(answer)}`;
        if (refused(schema, text)) {
          invalid += 1;
          assert.ok(answer.errors && !('data' in answer), seen);
        } else if (!('data' in answer)) {
          // Of those that are valid only values of variables may be lacking.
          assert.match(answer.errors[0].message, /variable|operation/i, seen);
        }
      });
      t.diagnostic(`${invalid} of them were invalid`);
      assert.ok(invalid > INVALID * 0.8);
    });
  });
}
