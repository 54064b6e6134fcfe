// The server under test, asked without a gateway.
import { readFileSync } from 'node:fs';

export const endpoint = `${process.env.MAIP_URL}/graphql`;

export async function ask(query, variables = {}, authorization = undefined) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const SIGN_IN = `mutation($input: SignInInput!) {
  signIn(input: $input) { session { accessToken } userErrors { code } }
}`;

// The value of `authorization` for one of the demonstration's people.
export async function signedIn(role) {
  const { accounts } = JSON.parse(readFileSync(process.env.MAIP_DEMO_ACCOUNTS, 'utf8'));
  const { login, password } = accounts.find((account) => account.role === role);
  const { signIn } = await ask(SIGN_IN, { input: { login, password } });
  return `Bearer ${signIn.session.accessToken}`;
}
