// The usual clients of both transports: what happens is told, and who was away goes on where they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { ask, endpoint, signedIn } from '../../maip.js';

const facilitator = await signedIn('FACILITATOR');
const stranger = await signedIn('NO_MEMBERSHIP');
const { viewer } = await ask('{ viewer { memberships { platform { id } } } }', {}, facilitator);
const platformId = viewer.memberships[0].platform.id;

async function mutate(name, input, token) {
  const query = `mutation ($input: ${name[0].toUpperCase()}${name.slice(1)}Input!) { at: ${name}(input: $input) { membership { id } userErrors { code } } }`;
  const { at } = await ask(query, { input }, token);
  assert.deepEqual(at.userErrors, []);
  return at.membership;
}

const request = () => mutate('requestMembership', { platformId, actorType: 'FARMER' }, stranger);
const decline = ({ id }) => mutate('declineMembership', { membershipId: id }, facilitator);

const CHANGED = 'subscription ($after: String) { membershipChanged(after: $after) { cursor kind membership { id status } } }';

const authorization = facilitator;
const transports = {
  'graphql-ws': () =>
    createSocket({
      url: endpoint.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    }),
  'graphql-sse': () => createEvents({ url: endpoint, headers: { authorization }, retryAttempts: 0 }),
};

/** Answers until one is what is waited for. */
async function until(answers, wanted) {
  for await (const { data, errors } of answers) {
    assert.equal(errors, undefined, JSON.stringify(errors));
    if (wanted(data.membershipChanged)) return data.membershipChanged;
  }
  return assert.fail('the stream ended before');
}

for (const [name, create] of Object.entries(transports)) {
  test(`${name} is told what happens, also what happened while it was away`, { timeout: 60_000 }, async () => {
    // From where anything is known to be later: the newest event of all.
    const first = create();
    const asked = await request();
    const before = first.iterate({ query: CHANGED });
    const next = before.next();
    // Until the subscription is in place, the same is done again.
    let membership = asked;
    let seen;
    while (!seen) {
      await decline(membership);
      membership = await request();
      seen = await Promise.race([next, new Promise((done) => setTimeout(done, 1_000))]);
    }
    const { cursor } = seen.value.data.membershipChanged;
    await before.return();
    await first.dispose();

    await decline(membership);
    const again = create();
    const answers = again.iterate({ query: CHANGED, variables: { after: cursor } });
    const last = await until(answers, ({ membership: { id, status } }) => id === membership.id && status === 'DECLINED');
    assert.notEqual(last.cursor, cursor);
    await again.dispose();
  });

  test(`${name} carries queries too`, async () => {
    const client = create();
    const answers = [];
    for await (const answer of client.iterate({ query: '{ __typename }' })) answers.push(answer);
    assert.deepEqual(answers, [{ data: { __typename: 'Query' } }]);
    await client.dispose();
  });
}
