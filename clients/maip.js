// The server under test, asked by plain requests; every project here uses it.
import { readFileSync } from 'node:fs';

export const endpoint = `${process.env.MAIP_URL}/graphql`;

/** The whole response. `authorization` is the value of that header, for whoever signed in. */
export async function send(body, authorization = undefined) {
  const request = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(authorization && { authorization }),
    },
    body: JSON.stringify(body),
  };
  // A connection that was idle may be closed just as it is used again, before anything was read.
  const response = await fetch(endpoint, request).catch(() => fetch(endpoint, request));
  return response.json();
}

/** The data of an operation that has to succeed. */
export async function ask(query, variables = {}, authorization = undefined) {
  const { data, errors } = await send({ query, variables }, authorization);
  if (errors) throw new Error(`${JSON.stringify(errors)} for ${query}`);
  return data;
}

const SIGN_IN = `mutation ($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { code } }
}`;

/** Login and password of the first of the demonstration's people with this role, in this country. */
export function account(role, country = undefined) {
  const { accounts } = JSON.parse(readFileSync(process.env.MAIP_DEMO_ACCOUNTS, 'utf8'));
  const { login, password } = accounts.find((one) => one.role === role && (!country || one.country === country));
  return { login, password };
}

/** The value of `authorization` for that person. */
export async function signedIn(role, country = undefined) {
  const { signIn } = await ask(SIGN_IN, { input: account(role, country) });
  return `Bearer ${signIn.session.accessToken}`;
}
