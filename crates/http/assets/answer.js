// Shows an answer: JSON in colour, strings in their own direction.

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;
const OTHER_SCRIPT = /[\u0590-\u08ff\u0900-\u1fff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufdff]/;
// Beyond this, colour costs more time than it is worth.
const COLOUR_LIMIT = 400_000;

/** Fills `element` with the answer's text. */
export function show(element, answer) {
  element.classList.toggle("failed", !answer.ok);
  if (answer.json === undefined) {
    element.textContent = answer.text || "(no content)";
    return;
  }
  const pretty = JSON.stringify(answer.json, null, 2);
  if (pretty.length > COLOUR_LIMIT) {
    element.textContent = pretty;
  } else {
    element.replaceChildren(coloured(pretty));
  }
  element.scrollTop = 0;
}

function coloured(text) {
  const fragment = document.createDocumentFragment();
  for (const line of text.split("\n")) {
    const shown = document.createElement("div");
    shown.className = "line";
    shown.style.setProperty("--indent", line.length - line.trimStart().length);
    shown.append(...tokens(line));
    fragment.append(shown);
  }
  return fragment;
}

function* tokens(line) {
  let done = 0;
  for (const match of line.matchAll(TOKEN)) {
    yield line.slice(done, match.index);
    const [token, string, colon] = match;
    if (string === undefined) {
      yield span(token, /^[tfn]/.test(token) ? "j-word" : "j-number");
    } else if (colon === undefined) {
      const shown = span(string, "j-string");
      shown.dir = "auto";
      if (OTHER_SCRIPT.test(string)) shown.classList.add("j-script");
      yield shown;
    } else {
      yield span(string, "j-key");
      yield colon;
    }
    done = match.index + token.length;
  }
  yield line.slice(done);
}

function span(text, name) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

/** Fills the status line: what came back, how fast, how large. */
export function showStatus(element, answer) {
  const outcome = document.createElement("span");
  outcome.className = answer.ok ? "ok" : "bad";
  outcome.textContent = outcomeText(answer);
  const rest = [
    `${answer.milliseconds < 10 ? answer.milliseconds.toFixed(1) : Math.round(answer.milliseconds)} ms`,
    size(answer.bytes),
  ];
  if (answer.requestId) rest.push(`request ${answer.requestId}`);
  element.replaceChildren(outcome, ` · ${rest.join(" · ")}`);
}

function outcomeText(answer) {
  if (answer.ok) {
    // What a mutation refuses is part of its payload.
    const refused = Object.values(answer.json.data ?? {}).some((payload) => payload?.userErrors?.length);
    return refused ? `${answer.status} answered, with user errors` : `${answer.status} OK`;
  }
  const count = answer.json?.errors?.length;
  return count ? `${answer.status}, ${count} ${count === 1 ? "error" : "errors"}` : `${answer.status}`;
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
