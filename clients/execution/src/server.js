// The server under test, as one kind of viewer.
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { readFileSync } from 'node:fs';

const endpoint = `${process.env.MAIP_URL}/graphql`;

export class Server {
  constructor(token) {
    this.headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
  }

  /** The whole response. */
  async execute(query, variables, operationName) {
    const request = {
      method: 'POST',
      headers: this.headers,
      body: JSON.stringify({ query, variables, operationName }),
    };
    // A connection that was idle may be closed just as it is used again; a query can be sent twice.
    const response = await fetch(endpoint, request).catch(() => fetch(endpoint, request));
    return response.json();
  }

  /** The data of an operation that has to succeed. */
  async data(query, variables) {
    const { data, errors } = await this.execute(query, variables);
    if (errors) throw new Error(`${JSON.stringify(errors)} for ${query}`);
    return data;
  }

  async schema() {
    return buildClientSchema(await this.data(getIntrospectionQuery({ inputValueDeprecation: true })));
  }
}

/** The server as somebody who signed in, with this role in the demonstration. */
export async function signedIn(role) {
  const { accounts } = JSON.parse(readFileSync(process.env.MAIP_DEMO_ACCOUNTS, 'utf8'));
  const { login, password } = accounts.find((account) => account.role === role);
  const { signIn } = await new Server().data(
    'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
    { input: { login, password } },
  );
  return new Server(signIn.session.accessToken);
}
