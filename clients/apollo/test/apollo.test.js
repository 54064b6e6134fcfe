// Apollo Client with its normalised cache: signs in, pages, mutates, subscribes, persists its queries.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gql } from '@apollo/client';
import { filter, firstValueFrom, tap } from 'rxjs';
import WebSocket from 'ws';
import { account, endpoint } from '../../maip.js';
import { createMaipClient } from '../src/client.js';
import { Session } from '../src/session.js';

/** Every request that went over HTTP, as the server was asked. */
const requests = [];
const counted = (url, options) => {
  const { query, operationName } =
    options.method === 'GET' ? Object.fromEntries(new URL(url).searchParams) : JSON.parse(options.body);
  requests.push({ method: options.method, withText: query !== undefined, operationName: operationName ?? query?.match(/\w+ (\w+)/)[1] });
  return fetch(url, options);
};
const asked = (name) => requests.filter(({ operationName }) => operationName === name);

const session = new Session(endpoint, counted);
const { client, close } = createMaipClient({ url: endpoint, session, fetch: counted, webSocketImpl: WebSocket });

before(async () => {
  const { login, password } = account('FACILITATOR', 'EGY');
  await session.signIn(login, password);
});
after(() => {
  close();
  client.stop();
});

const PAGE = gql`
  query Page($after: String) {
    lessons(first: 5, after: $after, sort: TITLE) {
      edges { cursor node { id title status country { id name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

test('pages are merged into one list, of records that are kept once by their id', { timeout: 60_000 }, async () => {
  const pages = client.watchQuery({ query: PAGE });
  const watching = pages.subscribe();
  await firstValueFrom(pages.pipe(filter(({ loading }) => !loading)));
  for (const length of [10, 15]) {
    const { endCursor } = pages.getCurrentResult().data.lessons.pageInfo;
    await pages.fetchMore({ variables: { after: endCursor } });
    await firstValueFrom(pages.pipe(filter(({ data }) => data?.lessons.edges.length === length)));
  }
  const { edges } = pages.getCurrentResult().data.lessons;
  const ids = edges.map(({ node }) => node.id);
  assert.equal(new Set(ids).size, 15);
  // As if they had been asked for at once.
  const whole = await client.query({
    query: gql`query Whole { lessons(first: 15, sort: TITLE) { nodes { id } } }`,
    fetchPolicy: 'no-cache',
  });
  assert.deepEqual(ids, whole.data.lessons.nodes.map(({ id }) => id));

  const kept = client.cache.extract();
  const countries = new Set(edges.map(({ node }) => node.country.id));
  assert.ok(countries.size < 15);
  for (const id of ids) assert.equal(kept[`Lesson:${id}`].id, id);
  assert.equal(Object.keys(kept).filter((key) => key.startsWith('Country:')).length, countries.size);
  watching.unsubscribe();
});

test('the payload of a mutation brings up to date all that shows the record', { timeout: 60_000 }, async () => {
  const { data } = await client.query({
    query: gql`query Where { viewer { memberships { role platform { id } } } }`,
  });
  const { platform } = data.viewer.memberships.find(({ role }) => role === 'FACILITATOR');
  const drafted = await client.mutate({
    mutation: gql`
      mutation Draft($input: DraftLessonInput!) {
        draftLesson(input: $input) { lesson { id revision title } userErrors { field code message } }
      }
    `,
    variables: { input: { platformId: platform.id, language: 'en', title: 'Dates dry in the shade', abstract: 'Slowly.' } },
  });
  assert.deepEqual(drafted.data.draftLesson.userErrors, []);
  const { id, revision } = drafted.data.draftLesson.lesson;

  const shown = client.watchQuery({
    query: gql`query One($id: ID!) { lesson(id: $id) { id revision title } }`,
    variables: { id },
  });
  const titles = [];
  const watching = shown.subscribe(({ data }) => data?.lesson && titles.push(data.lesson.title));
  await firstValueFrom(shown.pipe(filter(({ data }) => data?.lesson !== undefined)));
  await client.mutate({
    mutation: gql`
      mutation Retitle($input: UpdateLessonInput!) {
        updateLesson(input: $input) { lesson { id revision title } userErrors { field code message } }
      }
    `,
    variables: { input: { lessonId: id, expectedRevision: revision, title: 'Dates dry in the wind' } },
  });
  await firstValueFrom(shown.pipe(filter(({ data }) => data?.lesson?.title.endsWith('wind'))));
  assert.deepEqual(titles, ['Dates dry in the shade', 'Dates dry in the wind']);
  // Nobody asked the server again.
  assert.ok(asked('One').length <= 2, JSON.stringify(asked('One')));
  watching.unsubscribe();
});

test('a subscription changes the records that are shown', { timeout: 60_000 }, async () => {
  const MEMBERS = gql`
    query Members {
      viewer {
        memberships {
          id
          role
          platform { id members(first: 1, filter: { role: [MEMBER], status: [ACTIVE] }) { edges { node { id role } } } }
        }
      }
    }
  `;
  const { data } = await client.query({ query: MEMBERS });
  const managed = data.viewer.memberships.find(({ role }) => role === 'FACILITATOR');
  const [{ node: member }] = managed.platform.members.edges;
  const changeTo = (role) =>
    client.mutate({
      mutation: gql`
        mutation Role($input: ChangeMemberRoleInput!) {
          changeMemberRole(input: $input) { userErrors { field code message } }
        }
      `,
      variables: { input: { membershipId: member.id, role } },
    });

  const CHANGED = gql`
    subscription Changed($after: String) {
      membershipChanged(after: $after) { cursor kind membership { id role } }
    }
  `;
  // What happens until the subscription is in place may not be told of: so it happens again.
  let role = 'MEMBER';
  const again = setInterval(() => changeTo((role = role === 'MEMBER' ? 'SECRETARY' : 'MEMBER')), 500);
  const told = await firstValueFrom(
    client.subscribe({ query: CHANGED }).pipe(
      tap(({ error }) => assert.ifError(error)),
      filter(({ data }) => data.membershipChanged.membership.id === member.id),
    ),
  ).finally(() => clearInterval(again));
  const { membership } = told.data.membershipChanged;
  assert.equal(client.cache.extract()[`Membership:${member.id}`].role, membership.role);

  await changeTo('MEMBER');
  const last = await firstValueFrom(
    client.subscribe({ query: CHANGED, variables: { after: told.data.membershipChanged.cursor } }).pipe(
      filter(({ data }) => data.membershipChanged.membership.id === member.id),
      filter(({ data }) => data.membershipChanged.membership.role === 'MEMBER'),
    ),
  );
  assert.equal(last.data.membershipChanged.kind, 'membership.role_changed');
});

test('a query is sent as a hash by GET, and in full where the server does not know it', async () => {
  // No server has seen this one.
  const query = gql`query Persisted { lessons(first: 1) { nodes { title @include(if: true) } alias${Date.now()}: totalCount } }`;
  await client.query({ query, fetchPolicy: 'network-only' });
  await client.query({ query, fetchPolicy: 'network-only' });
  assert.deepEqual(asked('Persisted').map(({ withText }) => withText), [false, true, false]);
  assert.equal(asked('Persisted').at(-1).method, 'GET');
});

test('a query of contact details goes by POST where it says that it is confidential', async () => {
  const query = gql`query Card { contacts(first: 1) { nodes { id new${Date.now()}: detailsStatus details { email } } } }`;
  const ask = (context) => client.query({ query, context, fetchPolicy: 'network-only' });
  // Once with its text, which goes by POST anyway; then by its hash.
  await ask({});
  await assert.rejects(ask({}), /GET/);
  const { data } = await ask({ confidential: true });
  assert.equal(data.contacts.nodes.length, 1);
  assert.equal(asked('Card').at(-1).method, 'POST');
});

test('a session that ran out is refreshed once, and what was asked meanwhile is asked again', async () => {
  // What a token looks like to the server whose time has come.
  session.accessToken = `${session.accessToken.slice(0, -4)}AAAA`;
  const before = asked('Refresh').length;
  const query = gql`query Me($with: Boolean!) { viewer { sessionExpiresAt @include(if: $with) account { id } } }`;
  const answers = await Promise.all(
    [true, false].map((variable) =>
      client.query({ query, variables: { with: variable }, fetchPolicy: 'network-only' }),
    ),
  );
  for (const { data } of answers) assert.ok(data.viewer.account.id);
  assert.equal(asked('Refresh').length, before + 1);
});

test('a session that is over says so', async () => {
  const over = new Session(endpoint);
  const other = createMaipClient({ url: endpoint, session: over, webSocketImpl: WebSocket });
  const { login, password } = account('FACILITATOR', 'EGY');
  await over.signIn(login, password);
  await other.client.mutate({ mutation: gql`mutation Out { signOut(input: {}) { userErrors { code } } }` });
  await assert.rejects(
    other.client.query({ query: gql`query Me { viewer { account { id } } }` }),
    /refresh token/i,
  );
  other.close();
  other.client.stop();
});
