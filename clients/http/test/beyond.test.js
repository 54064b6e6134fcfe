// What the audits leave out. A mutation counts as executed when its record is there.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ask, endpoint, signedIn } from '../../maip.js';

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';

const facilitator = await signedIn('FACILITATOR');
const { viewer } = await ask('{ viewer { memberships { platform { id } } } }', {}, facilitator);
const platformId = viewer.memberships[0].platform.id;
const ASK_FOR = (title) =>
  `mutation { draftLesson(input: { platformId: "${platformId}", language: "en", title: "${title}" }) { lesson { id } userErrors { code } } }`;

async function drafts(title) {
  const data = await ask(
    `query ($first: Int!) { viewer { lessons(first: $first) { nodes { openVersion { title } } } } }`,
    { first: 100 },
    facilitator,
  );
  return data.viewer.lessons.nodes.filter((lesson) => lesson.openVersion?.title === title).length;
}

test('a mutation by POST as JSON is executed', async () => {
  const title = `Sent as JSON ${randomUUID()}`;
  const data = await ask(ASK_FOR(title), {}, facilitator);
  assert.deepEqual(data.draftLesson.userErrors, []);
  assert.equal(await drafts(title), 1);
});

const form = (fields) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
};

const forged = {
  'over GET': (query) => [`${endpoint}?${new URLSearchParams({ query })}`, { method: 'GET' }],
  'as text/plain': (query) => [
    endpoint,
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ query }) },
  ],
  'as multipart/form-data': (query) => [
    endpoint,
    { method: 'POST', body: form({ operations: JSON.stringify({ query }), map: '{}' }) },
  ],
  'as a form': (query) => [endpoint, { method: 'POST', body: new URLSearchParams({ query }) }],
  'without a content type': (query) => [
    endpoint,
    { method: 'POST', body: new Blob([JSON.stringify({ query })]) },
  ],
};

for (const [how, request] of Object.entries(forged)) {
  test(`a mutation ${how} is not executed`, async () => {
    const title = `Forged ${how} ${randomUUID()}`;
    const [url, init] = request(ASK_FOR(title));
    const headers = { ...init.headers, accept: JSON_TYPE, authorization: facilitator };
    const response = await fetch(url, { ...init, headers });
    assert.ok([405, 415].includes(response.status), `answered ${response.status}`);
    await response.body?.cancel();
    assert.equal(await drafts(title), 0);
  });
}

async function post(body, headers) {
  return fetch(endpoint, { method: 'POST', headers: { 'content-type': JSON_TYPE, ...headers }, body });
}

const UNKNOWN_FIELD = JSON.stringify({ query: '{ nothingOfTheKind }' });

test('an unknown field is 400 without data for the newer media type and 200 for the older one', async () => {
  const newer = await post(UNKNOWN_FIELD, { accept: RESPONSE_TYPE });
  assert.equal(newer.status, 400);
  assert.ok(!('data' in (await newer.json())));
  const older = await post(UNKNOWN_FIELD, { accept: JSON_TYPE });
  assert.equal(older.status, 200);
  assert.ok(!('data' in (await older.json())));
});

test('what is preferred most is answered', async () => {
  const query = JSON.stringify({ query: '{ __typename }' });
  for (const [accept, type] of [
    [`${JSON_TYPE};q=0.5, ${RESPONSE_TYPE}`, RESPONSE_TYPE],
    [`${JSON_TYPE}, ${RESPONSE_TYPE};q=0.5`, JSON_TYPE],
    [`text/html, ${JSON_TYPE};q=0.1`, JSON_TYPE],
    [`${RESPONSE_TYPE};q=0, */*;q=0.1`, JSON_TYPE],
  ]) {
    const response = await post(query, { accept });
    assert.equal(response.headers.get('content-type').split(';')[0], type, accept);
    assert.deepEqual(await response.json(), { data: { __typename: 'Query' } });
  }
  const none = await post(query, { accept: 'text/html' });
  assert.equal(none.status, 406);
});

test('operationName chooses over GET', async () => {
  const query = 'query A { a: __typename } query B { b: __typename }';
  const url = `${endpoint}?${new URLSearchParams({ query, operationName: 'B' })}`;
  const response = await fetch(url, { headers: { accept: JSON_TYPE } });
  assert.deepEqual(await response.json(), { data: { b: 'Query' } });
});

test('a batch is refused', async () => {
  const response = await post(JSON.stringify([{ query: '{ __typename }' }]), { accept: JSON_TYPE });
  assert.equal(response.status, 400);
});

test('a body over the limit is refused', async () => {
  const response = await post(JSON.stringify({ query: `{ __typename } #${'x'.repeat(2 << 20)}` }), {});
  assert.equal(response.status, 413);
});

test('an answer is compressed as asked for', async () => {
  const query = JSON.stringify({ query: '{ countries(first: 100) { nodes { code name } } }' });
  for (const encoding of ['gzip', 'br', 'zstd']) {
    const response = await post(query, { accept: JSON_TYPE, 'accept-encoding': encoding });
    assert.equal(response.headers.get('content-encoding'), encoding);
    await response.body.cancel();
  }
});

test("nobody's answer by GET can be kept and asked about again", async () => {
  const url = `${endpoint}?${new URLSearchParams({ query: '{ countries(first: 3) { nodes { code } } }' })}`;
  const first = await fetch(url, { headers: { accept: JSON_TYPE } });
  const tag = first.headers.get('etag');
  assert.ok(tag && first.headers.get('cache-control').startsWith('public'));
  await first.body.cancel();
  const again = await fetch(url, { headers: { accept: JSON_TYPE, 'if-none-match': tag } });
  assert.equal(again.status, 304);
  const known = await fetch(url, { headers: { accept: JSON_TYPE, authorization: facilitator } });
  assert.equal(known.headers.get('etag'), null);
  assert.ok(!known.headers.get('cache-control').includes('public'));
  await known.body.cancel();
});
