// Who is asking. Tokens live in this page's memory only: closing or reloading it signs out.

import { errorCode, errorMessage, send } from "./graphql.js";

// Renew this long before the access token runs out, so that a slow clock does no harm.
const RENEW_EARLY_MS = 30_000;

export class Session {
  #documents;
  #access;
  #refresh;
  #expires = Infinity;
  #renewing;

  /** `documents` are the operations signIn, refresh, signOut and viewer. */
  constructor(documents) {
    this.#documents = documents;
  }

  get signedIn() {
    return this.#access !== undefined;
  }

  /** Signs in with a login and a password, and answers who that is. */
  async signIn(login, password) {
    const answer = await send(this.#documents.signIn, { input: { login, password } });
    const payload = answer.json?.data?.signIn;
    const refused = payload?.userErrors?.[0]?.message ?? errorMessage(answer);
    if (refused) throw new Error(refused);
    if (!this.#take(payload)) throw new Error("The server didn't sign you in.");
    return this.#viewer();
  }

  /** Uses a partner organisation's API token, and answers whose it is. */
  async useToken(token) {
    this.#access = token;
    this.#refresh = undefined;
    this.#expires = Infinity;
    try {
      return await this.#viewer();
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Signs out here, and on the server where that is possible. */
  async signOut() {
    const access = this.#access;
    const canSignOut = this.#refresh !== undefined;
    this.#forget();
    if (canSignOut) await send(this.#documents.signOut, {}, access).catch(() => undefined);
  }

  /** Sends an operation as whoever is signed in, and renews the session when it has run out. */
  async send(query, variables) {
    if (this.#refresh && Date.now() > this.#expires - RENEW_EARLY_MS) await this.#renew();
    const answer = await send(query, variables, this.#access);
    if (this.#refresh && errorCode(answer) === "UNAUTHENTICATED" && (await this.#renew())) {
      return send(query, variables, this.#access);
    }
    return answer;
  }

  // A refresh token is good once, so two requests at a time share one renewal.
  #renew() {
    this.#renewing ??= send(this.#documents.refresh, { input: { refreshToken: this.#refresh } })
      .then((answer) => this.#take(answer.json?.data?.refreshSession))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  #take(payload) {
    const session = payload?.session;
    if (!session?.accessToken) return false;
    this.#access = session.accessToken;
    this.#refresh = session.refreshToken;
    this.#expires = Date.parse(session.accessTokenExpiresAt) || Infinity;
    return true;
  }

  async #viewer() {
    const answer = await this.send(this.#documents.viewer, {});
    const problem = errorMessage(answer);
    if (problem) throw new Error(problem);
    if (!answer.json.data.viewer) throw new Error("The token isn't valid.");
    return answer.json.data.viewer;
  }

  #forget() {
    this.#access = undefined;
    this.#refresh = undefined;
    this.#expires = Infinity;
  }
}
