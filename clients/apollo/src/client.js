// Apollo Client as a frontend sets it up for MAIP.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { sha256 } from 'crypto-hash';
import { createClient } from 'graphql-ws';
import { from, switchMap } from 'rxjs';

/** Pages of one list under one key: what else its arguments say makes it another list. */
const list = relayStylePagination(['filter', 'sort', 'direction']);

/** `session` is a `Session`; `webSocketImpl` and `fetch` are needed outside of browsers alone. */
export function createMaipClient({ url, session, fetch, webSocketImpl }) {
  const signed = new SetContextLink(({ headers }) => ({ headers: { ...headers, ...session.headers } }));

  const refreshed = new ErrorLink(({ error, operation, forward }) => {
    const ended =
      CombinedGraphQLErrors.is(error) &&
      error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    const { refreshed, headers } = operation.getContext();
    if (!ended || !session.refreshToken || refreshed) return undefined;
    operation.setContext({ refreshed: true });
    return from(session.refresh(headers?.authorization)).pipe(switchMap(() => forward(operation)));
  });

  // By GET, so that caches can answer. What may lie in no cache, contact details, has to go by POST:
  // such queries say so by `context: { confidential: true }`.
  const persisted = ApolloLink.split(
    (operation) => operation.getContext().confidential === true,
    createPersistedQueryLink({ sha256 }),
    createPersistedQueryLink({ sha256, useGETForHashedQueries: true }),
  );
  const http = ApolloLink.from([refreshed, signed, persisted, new HttpLink({ uri: url, fetch })]);
  const socket = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl,
    connectionParams: () => session.headers,
    shouldRetry: () => true,
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === 'subscription',
    new GraphQLWsLink(socket),
    http,
  );
  const cache = new InMemoryCache({
    typePolicies: {
      Query: { fields: { lessons: list, platforms: list, contacts: list } },
      Platform: { fields: { members: list } },
    },
  });
  const client = new ApolloClient({ link, cache });
  return { client, close: () => socket.dispose() };
}
