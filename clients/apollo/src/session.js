// Signed in, and staying so: the refresh token is used once, by one refresh at a time.
const FIELDS = 'session { accessToken refreshToken } userErrors { code message }';
const SIGN_IN = `mutation SignIn($input: SignInInput!) { at: signIn(input: $input) { ${FIELDS} } }`;
const REFRESH = `mutation Refresh($input: RefreshSessionInput!) { at: refreshSession(input: $input) { ${FIELDS} } }`;

export class Session {
  #url;
  #fetch;
  #refreshing;

  constructor(url, fetch = globalThis.fetch) {
    this.#url = url;
    this.#fetch = fetch;
  }

  signIn(login, password) {
    return this.#obtain(SIGN_IN, { login, password, label: 'Apollo Client' });
  }

  /**
   * Whoever comes while a refresh is under way waits for that one; whoever was refused with headers
   * that have been replaced meanwhile needs none.
   */
  async refresh(refused) {
    if (refused && refused !== this.headers.authorization) return;
    this.#refreshing ??= this.#obtain(REFRESH, { refreshToken: this.refreshToken }).finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  get headers() {
    return this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {};
  }

  async #obtain(query, input) {
    const response = await this.#fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = await response.json();
    const refused = errors ?? data.at.userErrors;
    if (refused.length > 0) throw new Error(refused[0].message);
    Object.assign(this, data.at.session);
  }
}
