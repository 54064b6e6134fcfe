// A gateway over both, which shows what it asked the server under test.
import { composeServices } from '@apollo/composition';
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { parse } from 'graphql';
import * as library from './library.js';
import { ask, endpoint } from '../../maip.js';

export async function composed() {
  const { _service } = await ask('{ _service { sdl } }');
  return composeServices([
    { name: 'maip', url: endpoint, typeDefs: parse(_service.sdl) },
    { name: 'library', url: 'http://library.invalid', typeDefs: library.typeDefs },
  ]);
}

class Maip extends RemoteGraphQLDataSource {
  asked = [];

  willSendRequest({ request, context }) {
    this.asked.push(request);
    if (context.authorization) request.http.headers.set('authorization', context.authorization);
  }
}

export class Gateway {
  static async start() {
    const { supergraphSdl, errors } = await composed();
    if (errors) throw new Error(errors.join('\n'));
    const gateway = new Gateway();
    gateway.maip = new Maip({ url: endpoint });
    gateway.apollo = new ApolloGateway({
      supergraphSdl,
      buildService: ({ name }) =>
        name === 'maip' ? gateway.maip : new LocalGraphQLDataSource(library.schema),
      experimental_didResolveQueryPlan: ({ queryPlan }) => { gateway.plan = queryPlan; },
    });
    const { schema, executor } = await gateway.apollo.load();
    Object.assign(gateway, { schema, executor });
    return gateway;
  }

  // Plans and executes; what the server under test was asked is in `maip.asked` then.
  async execute(query, variables = {}, authorization = undefined) {
    const document = parse(query);
    this.maip.asked = [];
    return this.executor({
      document,
      schema: this.schema,
      request: { query, variables },
      operation: document.definitions[0],
      operationName: null,
      queryHash: query,
      context: { authorization },
      logger: console,
      metrics: {},
      overallCachePolicy: { restrict() {}, policyIfCacheable: () => null },
    });
  }

  stop() {
    return this.apollo.stop();
  }
}
