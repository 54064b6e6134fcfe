// The typed frontend module against the server: signs in, pages, mutates, subscribes, by trusted documents.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import WebSocket from 'ws';
import { Maip } from '../src/client.js';
import { draft, pages } from '../src/lessons.js';
import { CHANGE_ROLE, LESSONS, MANAGED, MEMBERSHIP_CHANGED } from '../src/operations.js';
import type { MembershipRole } from '../src/generated/graphql.js';
import { account, endpoint, onDemo } from './maip.js';

/** What was sent, so that a test sees whether texts were. */
const sent: { documentId?: string; query?: string }[] = [];
const fetch: typeof globalThis.fetch = (url, options) => {
  sent.push(JSON.parse(options?.body as string));
  return globalThis.fetch(url, options);
};
const maip = new Maip({ url: endpoint, fetch });

const MANIFEST = 'src/generated/persisted-documents.json';

before(async () => {
  assert.match(onDemo('operations', 'import', MANIFEST), /imported/);
  const { login, password } = account('FACILITATOR', 'BGD');
  await maip.signIn(login, password);
});

test('pages hold every lesson once, in typed records', async () => {
  const seen = new Set<string>();
  for await (const page of pages(maip, { outcome: ['WORKED', 'PARTLY'] }, 7)) {
    assert.ok(page.length <= 7);
    for (const { id, country, outcome } of page) {
      seen.add(id);
      assert.match(country.code, /^[A-Z]{3}$/);
      assert.notEqual(outcome, 'FAILED');
    }
  }
  const { lessons } = await maip.execute(LESSONS, { first: 1, filter: { outcome: ['WORKED', 'PARTLY'] } });
  assert.equal(seen.size, lessons?.totalCount);
  assert.ok(seen.size > 7);
});

async function managed() {
  const { viewer } = await maip.execute(MANAGED, {});
  const found = viewer?.memberships.find(({ role }) => role === 'FACILITATOR');
  assert.ok(found?.platform);
  return found.platform;
}

test('a draft is written, and what is wrong with one is shown at its field', async () => {
  const { id: platformId } = await managed();
  const input = { platformId, language: 'en', title: 'Jackfruit seeds as flour' };
  assert.match((await draft(maip, input)) as string, /^lesson_/);

  const refused = await draft(maip, { ...input, title: 'x'.repeat(1_000) });
  assert.ok(typeof refused !== 'string');
  assert.deepEqual(refused.map(({ field, step }) => [field, step]), [['title', 'showAtField']]);
});

test('events are typed, and go on after a cursor', { timeout: 60_000 }, async () => {
  const { members } = await managed();
  const member = members.nodes[0];
  assert.ok(member);
  const changeTo = (role: MembershipRole) => maip.execute(CHANGE_ROLE, { input: { membershipId: member.id, role } });

  // What happens until the subscription is in place may not be told of: so it happens again.
  let role: MembershipRole = 'MEMBER';
  const again = setInterval(() => void changeTo((role = role === 'MEMBER' ? 'SECRETARY' : 'MEMBER')), 500);
  const told = async (after: string | null, wanted: (role: MembershipRole) => boolean) => {
    for await (const { membershipChanged } of maip.subscribe(MEMBERSHIP_CHANGED, { after }, WebSocket)) {
      const { membership } = membershipChanged;
      if (membership?.id === member.id && wanted(membership.role)) return membershipChanged.cursor;
    }
    return assert.fail('the stream ended');
  };
  const cursor = await told(null, () => true).finally(() => clearInterval(again));
  await changeTo('SECRETARY');
  await changeTo('MEMBER');
  assert.notEqual(await told(cursor, (now) => now === 'MEMBER'), cursor);
});

test('no text of a document was sent', () => {
  assert.ok(sent.length > 5);
  for (const { documentId, query } of sent) {
    assert.match(documentId ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(query, undefined);
  }
});

test('what the schema does not have is refused by the compiler', () => {
  const unused = async () => {
    const { lessons } = await maip.execute(LESSONS, { first: 1 });
    // @ts-expect-error: not selected
    void lessons?.nodes[0]?.abstract;
    // @ts-expect-error: a list may be null, where its scope is missing
    void lessons.nodes;
    // @ts-expect-error: a variable of another type
    await maip.execute(LESSONS, { first: '1' });
    // @ts-expect-error: a variable that is missing
    await maip.execute(LESSONS, {});
    // @ts-expect-error: no value of the enum
    await maip.execute(LESSONS, { first: 1, filter: { outcome: ['GREAT'] } });
    // @ts-expect-error: no field of the input
    await draft(maip, { platformId: '', headline: '' });
  };
  void unused;
});
