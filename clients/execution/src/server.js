// The server under test, as one kind of viewer.
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { ask, send } from '../../maip.js';

export class Server {
  constructor(authorization) {
    this.authorization = authorization;
  }

  /** The whole response. */
  execute(query, variables) {
    return send({ query, variables }, this.authorization);
  }

  /** The data of an operation that has to succeed. */
  data(query, variables) {
    return ask(query, variables, this.authorization);
  }

  async schema() {
    return buildClientSchema(await this.data(getIntrospectionQuery({ inputValueDeprecation: true })));
  }
}
