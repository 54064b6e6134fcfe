// A client without a framework: typed documents sent by their names, and each error dealt with.
import { createClient } from 'graphql-ws';
import { type Step, type TopLevelError, step } from './errors.js';
import type { TypedDocumentString } from './generated/graphql.js';
import { SIGN_IN } from './operations.js';

/** Thrown where no further attempt helps. */
export class MaipError extends Error {
  constructor(
    readonly step: Step,
    readonly errors: TopLevelError[],
  ) {
    super(errors[0]?.message ?? 'the server could not answer');
  }
}

interface Answer<Result> {
  data?: Result | null;
  errors?: TopLevelError[];
}

export interface Settings {
  url: string;
  /** Gets a new access token; undefined where the person has to sign in. */
  refresh?: () => Promise<string | undefined>;
  wait?: (seconds: number) => Promise<void>;
  fetch?: typeof globalThis.fetch;
}

/** So often the same is sent at most. */
const ATTEMPTS = 5;

export class Maip {
  accessToken: string | undefined;

  constructor(readonly settings: Settings) {}

  async signIn(login: string, password: string): Promise<void> {
    const { signIn } = await this.execute(SIGN_IN, { input: { login, password } });
    const refused = signIn?.userErrors[0];
    if (!signIn?.session) throw new Error(refused?.message);
    this.accessToken = signIn.session.accessToken;
  }

  /** The data of an operation. Writes that may be sent twice have a `mutationId` in their input. */
  async execute<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<Result> {
    let withText = false;
    let refreshed = false;
    for (let attempt = 0; ; attempt += 1) {
      const { answer, headers } = await this.#send(document, variables, withText);
      if (!answer.errors) return answer.data as Result;
      const next = step(answer.errors, headers, attempt);
      if (attempt + 1 < ATTEMPTS) {
        if (next.do === 'sendText' && !withText) {
          withText = true;
          continue;
        }
        if (next.do === 'wait') {
          await (this.settings.wait ?? wait)(next.seconds);
          continue;
        }
        if (next.do === 'refresh' && !refreshed) {
          refreshed = true;
          this.accessToken = await this.settings.refresh?.();
          if (this.accessToken) continue;
        }
      }
      if (next.do === 'leaveOut' && answer.data) return answer.data;
      throw new MaipError(next, answer.errors);
    }
  }

  /** Each event as it comes; ends when the caller stops asking. */
  async *subscribe<Result, Variables extends Record<string, unknown>>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    webSocketImpl?: unknown,
  ): AsyncGenerator<Result> {
    const socket = createClient({
      url: this.settings.url.replace('http', 'ws'),
      webSocketImpl,
      connectionParams: () => this.#credentials(),
    });
    try {
      for await (const { data, errors } of socket.iterate<Result>({ query: document.toString(), variables })) {
        if (errors) {
          const plain = errors as readonly TopLevelError[];
          throw new MaipError(step([...plain], new Headers()), [...plain]);
        }
        if (data) yield data;
      }
    } finally {
      await socket.dispose();
    }
  }

  #credentials(): Record<string, string> {
    return this.accessToken ? { authorization: `Bearer ${this.accessToken}` } : {};
  }

  async #send<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    withText: boolean,
  ): Promise<{ answer: Answer<Result>; headers: Headers }> {
    const { fetch = globalThis.fetch, url } = this.settings;
    const hash = document.__meta__?.['hash'] as string;
    const named = withText ? { query: document.toString() } : { documentId: hash };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...this.#credentials(),
      },
      body: JSON.stringify({ ...named, variables }),
    });
    return { answer: (await response.json()) as Answer<Result>, headers: response.headers };
  }
}

const wait = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1000));
