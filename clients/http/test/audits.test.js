// Every audit of the GraphQL over HTTP working group's suite, as a test of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';

const audits = serverAudits({ url: `${process.env.MAIP_URL}/graphql`, fetchFn: fetch });

test('the suite is the one that is meant', () => assert.equal(audits.length, 61));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    // A warning or a notice isn't good enough.
    assert.equal(result.status, 'ok', result.reason);
  });
}
