// Each error of docs/errors.md as the server answers it, and what the client does about it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Maip, MaipError } from '../src/client.js';
import { type Step, formStep, step } from '../src/errors.js';
import { LessonsDocument, TypedDocumentString } from '../src/generated/graphql.js';
import { account, endpoint, partnerToken, serve } from './maip.js';

interface Failed {
  status: number;
  code: string | undefined;
  next: Step;
}

/** Sends a request as it is, and says what the client would do about the answer. */
async function failing(url: string, options: RequestInit): Promise<Failed> {
  const accept = 'application/graphql-response+json';
  const response = await fetch(url, { ...options, headers: { accept, ...(options.headers as object) } });
  return failed(response);
}

async function failed(response: Response): Promise<Failed> {
  const { errors } = (await response.json()) as { errors: Parameters<typeof step>[0] };
  return { status: response.status, code: errors[0]?.extensions?.code, next: step(errors, response.headers) };
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A document that no manifest has. */
const unknown = <Result>(text: string, hash = `sha256:${'0'.repeat(64)}`) =>
  new TypedDocumentString(text, { hash }) as unknown as TypedDocumentString<Result, Record<string, never>>;

const seen = new Set<string>();

function expect({ status, code, next }: Failed, wantedStatus: number, wantedCode: string, todo: Step['do']) {
  assert.deepEqual([status, code, next.do], [wantedStatus, wantedCode, todo]);
  seen.add(wantedCode);
}

test('UNAUTHENTICATED: the client refreshes once and sends the same again', async () => {
  const query = '{ viewer { account { displayName } } }';
  const authorization = 'Bearer nothing';
  expect(await failing(endpoint, post({ query }, { authorization })), 401, 'UNAUTHENTICATED', 'refresh');

  const { login, password } = account('FACILITATOR', 'TUR');
  const signed = new Maip({ url: endpoint });
  await signed.signIn(login, password);
  let refreshes = 0;
  const maip = new Maip({ url: endpoint, refresh: async () => ((refreshes += 1), signed.accessToken) });
  maip.accessToken = 'nothing';
  const { viewer } = await maip.execute(unknown<{ viewer: { account: object } }>(query), {});
  assert.ok(viewer.account);
  assert.equal(refreshes, 1);

  const hopeless = new Maip({ url: endpoint, refresh: async () => 'nothing either' });
  hopeless.accessToken = 'nothing';
  await assert.rejects(hopeless.execute(unknown(query), {}), MaipError);
});

test('FORBIDDEN: the client goes on with what a token may see', async () => {
  const query = '{ auditEntries(first: 1) { totalCount } viewer { scopes } }';
  const authorization = `Bearer ${partnerToken}`;
  expect(await failing(endpoint, post({ query }, { authorization })), 200, 'FORBIDDEN', 'leaveOut');

  const maip = new Maip({ url: endpoint });
  maip.accessToken = partnerToken;
  const data = await maip.execute(unknown<{ auditEntries: null; viewer: { scopes: string[] } }>(query), {});
  assert.equal(data.auditEntries, null);
  assert.ok(data.viewer.scopes.length > 0);
});

test('NOT_FOUND, BAD_USER_INPUT, OPERATION_NOT_ALLOWED: mistakes of the client are reported', async () => {
  const absent = { query: '{ __typename }', operationName: 'Absent' };
  expect(await failing(endpoint, post(absent)), 400, 'NOT_FOUND', 'report');
  expect(await failing(endpoint, post({ query: '{ nothing }' })), 400, 'BAD_USER_INPUT', 'report');
  const mutation = encodeURIComponent('mutation { signOut(input: {}) { userErrors { code } } }');
  const byGet = await failing(`${endpoint}?query=${mutation}`, {});
  expect(byGet, 405, 'OPERATION_NOT_ALLOWED', 'report');
  assert.ok(byGet.next.do === 'report' && byGet.next.requestId);
});

test('PERSISTED_QUERY_NOT_FOUND: the client sends the text', async () => {
  const documentId = `sha256:${'0'.repeat(64)}`;
  expect(await failing(endpoint, post({ documentId })), 400, 'PERSISTED_QUERY_NOT_FOUND', 'sendText');
  const maip = new Maip({ url: endpoint });
  assert.deepEqual(await maip.execute(unknown('{ __typename }'), {}), { __typename: 'Query' });
});

test('CURSOR_EXPIRED: the client begins anew', async () => {
  // Of an event that this server knows nothing of, as after a backup was restored.
  const cursor = await someCursor();
  const { url, stop } = await serve();
  try {
    const query = `subscription { lessonPublished(after: "${cursor}") { cursor } }`;
    const stream = await fetch(url, post({ query }, { accept: 'text/event-stream' }));
    const data = (await stream.text()).match(/^data: (.+)$/m)?.[1] ?? '';
    expect(await failed(new Response(data)), 200, 'CURSOR_EXPIRED', 'beginAnew');
  } finally {
    await stop();
  }
});

/** The cursor of an event on the server under test. */
async function someCursor(): Promise<string> {
  const { login, password } = account('FACILITATOR', 'TUR');
  const maip = new Maip({ url: endpoint });
  await maip.signIn(login, password);
  type Members = { viewer: { memberships: { platform: { members: { nodes: { id: string; role: string }[] } } }[] } };
  const members = '{ viewer { memberships { platform { members(first: 100) { nodes { id role } } } } } }';
  const { viewer } = await maip.execute(unknown<Members>(members), {});
  const member = viewer.memberships[0]?.platform.members.nodes.find(({ role }) => role === 'MEMBER');
  assert.ok(member);
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${maip.accessToken}` };
  const stream = await fetch(endpoint, post({ query: 'subscription { membershipChanged { cursor } }' }, headers));
  assert.ok(stream.body);
  // Listened to from now on.
  for (const role of ['OBSERVER', 'MEMBER']) {
    const input: string = `{ membershipId: "${member.id}", role: ${role} }`;
    const change: string = `mutation { changeMemberRole(input: ${input}) { userErrors { code } } }`;
    type Changed = { changeMemberRole: { userErrors: object[] } };
    const changed: Changed = await maip.execute(unknown<Changed>(change), {});
    assert.deepEqual(changed.changeMemberRole.userErrors, []);
  }
  const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ; ) {
    const { value, done } = await reader.read();
    if (done) return assert.fail('the stream ended');
    text += value;
    const id = text.match(/^id: (.+)\n/m)?.[1];
    if (id) return reader.cancel().then(() => id);
  }
}

test('QUERY_TOO_COMPLEX, PAYLOAD_TOO_LARGE: the client has to ask for less', async () => {
  const lessons = 'lessons(first: 100) { nodes { replications(first: 100) { nodes { id } } } }';
  expect(await failing(endpoint, post({ query: `{ ${lessons} }` })), 400, 'QUERY_TOO_COMPLEX', 'askForLess');
  const query = `{ __typename } #${'x'.repeat(2_000_000)}`;
  expect(await failing(endpoint, post({ query })), 413, 'PAYLOAD_TOO_LARGE', 'askForLess');
});

test('RATE_LIMITED: the client waits as long as it is told', async () => {
  const { url, stop } = await serve('--rate-limit-anonymous', '2');
  try {
    const waited: number[] = [];
    const maip = new Maip({ url, wait: async (seconds) => void waited.push(seconds) });
    await assert.rejects(
      (async () => {
        for (;;) await maip.execute(unknown('{ __typename }'), {});
      })(),
      MaipError,
    );
    assert.ok(waited.length > 0 && waited.every((seconds) => seconds >= 1 && seconds <= 60), `${waited}`);
    const answer = await failing(url, post({ query: '{ __typename }' }));
    expect(answer, 429, 'RATE_LIMITED', 'wait');
  } finally {
    await stop();
  }
});

test('TIMEOUT: the client sends the same again', async () => {
  const { url, stop } = await serve('--request-timeout-seconds', '1');
  try {
    expect(await failed(await slowly(url)), 504, 'TIMEOUT', 'wait');
  } finally {
    await stop();
  }
});

test('UNAVAILABLE: the client sends the same again', async () => {
  const { url, stop } = await serve('--max-concurrent-requests', '1', '--rate-limit-sign-in', '0');
  try {
    // Checking a password takes a while, and more than one request at once isn't taken on.
    const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }';
    const variables = { input: { login: 'nobody@example.org', password: 'a wrong one' } };
    const body = post({ query, variables });
    for (let round = 0; round < 20 && !seen.has('UNAVAILABLE'); round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(url, body)));
      const busy = answers.find(({ status }) => status === 503);
      if (busy) expect(await failed(busy), 503, 'UNAVAILABLE', 'wait');
    }
    assert.ok(seen.has('UNAVAILABLE'));
  } finally {
    await stop();
  }
});

/** The answer to a request whose body doesn't come to its end. */
function slowly(url: string): Promise<Response> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('error', fail);
    socket.on('data', (data) => {
      text += data;
      const [head, body] = text.split('\r\n\r\n');
      const length = Number(head?.match(/content-length: (\d+)/i)?.[1]);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      socket.destroy();
      done(new Response(body, { status: Number(head?.split(' ')[1]) }));
    });
    const head = ['content-type: application/json', 'accept: application/graphql-response+json'].join('\r\n');
    socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\n${head}\r\ncontent-length: 100\r\n\r\n{"query":`);
  });
}

test('INTERNAL, a code of a later version, and none: the client shows the id of the request', async () => {
  // No client can bring about a defect of the server, so these answers are made up.
  for (const code of ['INTERNAL', 'INVENTED_LATER', undefined]) {
    const answered = new Response('{}', { headers: { 'x-request-id': 'r1' } });
    const next = step([{ message: 'a defect', extensions: { ...(code && { code }) } }], answered.headers);
    assert.deepEqual(next, { do: 'apologise', requestId: 'r1' });
  }
  seen.add('INTERNAL');
});

/** The codes of a table of docs/errors.md. */
function documented(heading: string): string[] {
  const page = readFileSync('../../docs/errors.md', 'utf8');
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code as string);
}

test('every code of the documentation was dealt with', () => {
  const codes = documented('Codes of top-level errors');
  assert.ok(codes.length > 10);
  assert.deepEqual(codes.filter((code) => !seen.has(code)), []);
  const userCodes = documented('Codes of user errors');
  assert.ok(userCodes.length > 30);
  assert.equal(formStep('STALE_REVISION'), 'compare');
  assert.equal(formStep('INVENTED_LATER'), 'show');
  assert.ok(LessonsDocument.__meta__);
});
