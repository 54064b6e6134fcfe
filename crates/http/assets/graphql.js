// One GraphQL request over HTTP, measured.

export const ENDPOINT = new URL("graphql", document.baseURI).href;

/**
 * Sends an operation. Resolves also when the server refuses it; rejects only when nothing came back.
 * `json` is undefined when the answer isn't JSON.
 */
export async function send(query, variables, token) {
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json;q=0.9",
  };
  if (token) headers.authorization = `Bearer ${token}`;
  const started = performance.now();
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers,
    body: JSON.stringify({ query, variables }),
    cache: "no-store",
    credentials: "omit",
  });
  const bytes = await response.arrayBuffer();
  const milliseconds = performance.now() - started;
  const text = new TextDecoder().decode(bytes);
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return {
    status: response.status,
    ok: response.ok && json !== undefined && !json.errors,
    milliseconds,
    bytes: bytes.byteLength,
    requestId: response.headers.get("x-request-id"),
    text,
    json,
  };
}

/** The first top-level error's code, such as UNAUTHENTICATED. */
export function errorCode(answer) {
  return answer.json?.errors?.[0]?.extensions?.code;
}

/** What went wrong, in words, or undefined. */
export function errorMessage(answer) {
  if (answer.json?.errors?.length) return answer.json.errors[0].message;
  if (answer.json === undefined || !answer.json.data) return `The server answered ${answer.status}.`;
  return undefined;
}

/** Follows a path such as ["lessons", "nodes", 0, "id"]; undefined where it ends early. */
export function at(value, path) {
  return path.reduce((inner, key) => inner?.[key], value);
}
