// The server under test, as one kind of viewer.
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { ask, send } from '../../maip.js';

export class Server {
  #authorization;

  /** `signIn` gives the value of `authorization`; nobody signs in without. */
  constructor(signIn = async () => undefined) {
    this.signIn = signIn;
  }

  /** The whole response. */
  async execute(query, variables) {
    const answer = await send({ query, variables }, await this.#credentials());
    if (answer.errors?.[0].extensions.code !== 'UNAUTHENTICATED') return answer;
    // On a slow machine this takes longer than an access token lives.
    this.#authorization = undefined;
    return send({ query, variables }, await this.#credentials());
  }

  /** The data of an operation that has to succeed. */
  async data(query, variables) {
    return ask(query, variables, await this.#credentials());
  }

  async schema() {
    const options = { inputValueDeprecation: true, oneOf: true };
    return buildClientSchema(await this.data(getIntrospectionQuery(options)));
  }

  /** One sign-in for all that are asked at once. */
  #credentials() {
    this.#authorization ??= this.signIn();
    return this.#authorization;
  }
}
