// The explorer page: ready-made queries, an editor, the answer.

import { show, showStatus } from "./answer.js";
import { at, ENDPOINT } from "./graphql.js";
import { SchemaBrowser } from "./schema.js";
import { Session } from "./session.js";

const $ = (id) => document.getElementById(id);
const library = await (await fetch(new URL("queries.json", import.meta.url))).json();
const session = new Session(library.session);
let chosen;
// Where queries are picked faster than they are filled in, only the last one counts.
let filling = 0;

listQueries();
signInRow();
tabs();
$("run").addEventListener("click", run);
$("copy").addEventListener("click", copy);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
await choose(library.queries[0]);
// So that the first thing to be seen is data.
await run();

function listQueries() {
  let group;
  for (const entry of library.queries) {
    if (entry.group !== group) {
      group = entry.group;
      const heading = document.createElement("li");
      heading.className = "group";
      heading.textContent = group;
      $("queries").append(heading);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = entry.id;
    button.append(entry.title);
    if (entry.as) {
      const as = document.createElement("span");
      as.className = "as";
      as.textContent = `sign in as ${entry.asText ?? "a member"}`;
      button.append(as);
    }
    button.addEventListener("click", () => choose(entry));
    const item = document.createElement("li");
    item.append(button);
    $("queries").append(item);
  }
}

async function choose(entry) {
  chosen = entry;
  for (const button of $("queries").querySelectorAll("button")) {
    button.setAttribute("aria-current", String(button.dataset.id === entry.id));
  }
  $("about-title").textContent = entry.title;
  $("about-text").textContent = entry.description;
  $("query").value = entry.query;
  $("variables").value = JSON.stringify(entry.variables ?? {}, null, 2);
  $("variables-problem").textContent = "";
  clear("");
  if (!entry.as || session.signedIn) await fill(entry);
}

// Some queries need the id of a record: it is looked up, so that they run with one click.
async function fill(entry) {
  const turn = ++filling;
  const variables = structuredClone(entry.variables ?? {});
  for (const { operation, path, into } of entry.fill ?? []) {
    try {
      const answer = await session.send(operation, {});
      const value = at(answer.json?.data, path);
      if (value === undefined || value === null) continue;
      const parent = at(variables, into.slice(0, -1));
      parent[into.at(-1)] = value;
    } catch {
      // The variable stays as it is, and running the query says what is wrong.
    }
  }
  const untouched = $("variables").value === JSON.stringify(entry.variables ?? {}, null, 2);
  if (turn === filling && chosen === entry && untouched) {
    $("variables").value = JSON.stringify(variables, null, 2);
  }
}

function readVariables() {
  const text = $("variables").value.trim();
  if (!text) return {};
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The variables aren't JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error("The variables must be a JSON object.");
  }
  return value;
}

async function run() {
  if ($("run").disabled) return;
  $("variables-problem").textContent = "";
  // Without its ids it would only be said that a variable is lacking.
  if (chosen?.as && !session.signedIn && $("query").value === chosen.query) {
    clear(`Sign in first, as ${chosen.asText ?? "a member"}.`);
    return;
  }
  $("run").disabled = true;
  $("response").setAttribute("aria-busy", "true");
  try {
    if (chosen?.fill && $("query").value === chosen.query) await fill(chosen);
    let variables;
    try {
      variables = readVariables();
    } catch (problem) {
      $("variables-problem").textContent = problem.message;
      return;
    }
    $("status").textContent = "Waiting for the answer …";
    const answer = await session.send($("query").value, variables);
    show($("response"), answer);
    showStatus($("status"), answer);
  } catch {
    $("status").textContent = "The server can't be reached.";
  } finally {
    $("run").disabled = false;
    $("response").removeAttribute("aria-busy");
  }
}

function clear(status) {
  $("response").textContent = "";
  $("status").textContent = status;
}

async function copy() {
  let variables;
  try {
    variables = readVariables();
  } catch (problem) {
    $("variables-problem").textContent = problem.message;
    return;
  }
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [`curl -sS ${quoted(ENDPOINT)}`, `-H 'content-type: application/json'`];
  // The token itself doesn't belong on a clipboard or in a shell's history.
  if (session.signedIn) lines.push(`-H "authorization: Bearer $MAIP_TOKEN"`);
  lines.push(`-d ${quoted(JSON.stringify({ query: $("query").value, variables }))}`);
  const text = lines.join(" \\\n  ");
  try {
    await navigator.clipboard.writeText(text);
    $("status").textContent = session.signedIn
      ? "Copied; put your token in MAIP_TOKEN before you run it."
      : "Copied.";
  } catch {
    // Without a clipboard (plain HTTP from afar), it is shown to be copied by hand.
    $("response").textContent = text;
    $("status").textContent = "The browser doesn't allow copying; here is the command.";
  }
}

function signInRow() {
  const message = (text, bad) => {
    $("session-message").textContent = text;
    $("session-message").classList.toggle("bad", Boolean(bad));
  };
  const only = (id) => {
    for (const form of ["sign-in", "use-token", "signed-in"]) $(form).hidden = form !== id;
  };
  const enter = (form, attempt) => async (event) => {
    event.preventDefault();
    const submit = form.querySelector("[type=submit]");
    submit.disabled = true;
    message("Signing in …");
    try {
      const viewer = await attempt();
      form.reset();
      const { name, detail } = whoIs(viewer);
      $("who-name").textContent = name;
      $("who-detail").textContent = detail;
      only("signed-in");
      message("");
      if (chosen) await fill(chosen);
    } catch (error) {
      message(error instanceof TypeError ? "The server can't be reached." : error.message, true);
    } finally {
      submit.disabled = false;
    }
  };
  $("sign-in").addEventListener(
    "submit",
    enter($("sign-in"), () => session.signIn($("login").value.trim(), $("password").value)),
  );
  $("use-token").addEventListener(
    "submit",
    enter($("use-token"), () => session.useToken($("token").value.trim())),
  );
  $("to-token").addEventListener("click", () => {
    only("use-token");
    $("token").focus();
  });
  $("to-password").addEventListener("click", () => {
    only("sign-in");
    $("login").focus();
  });
  $("sign-out").addEventListener("click", async () => {
    await session.signOut();
    // What was read while signed in isn't for whoever comes next.
    clear("");
    only("sign-in");
    message("Signed out.");
    $("login").focus();
  });
}

function whoIs(viewer) {
  const spoken = (code) => code.replaceAll("_", " ").toLowerCase();
  const offices = (viewer.appointments ?? []).map(({ kind }) => spoken(kind));
  const active = (viewer.memberships ?? []).filter(({ status }) => status === "ACTIVE");
  const roles = active.map(({ role, platform }) => [spoken(role), platform?.name].filter(Boolean).join(", "));
  const words = [...offices, ...roles];
  if (viewer.account) {
    return { name: viewer.account.displayName, detail: words.slice(0, 2).join(" · ") || "signed in" };
  }
  return {
    name: viewer.organisation?.name ?? "API token",
    detail: (viewer.scopes ?? []).join(", ") || "API token",
  };
}

function tabs() {
  const all = [$("tab-queries"), $("tab-schema")];
  const browser = new SchemaBrowser($("schema"), $("schema-search"), (query, variables) =>
    session.send(query, variables),
  );
  const open = (tab) => {
    for (const other of all) {
      const selected = other === tab;
      other.setAttribute("aria-selected", String(selected));
      other.tabIndex = selected ? 0 : -1;
      $(other.getAttribute("aria-controls")).hidden = !selected;
    }
    if (tab === $("tab-schema")) browser.open();
  };
  for (const [index, tab] of all.entries()) {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = all[(index + 1) % all.length];
      open(other);
      other.focus();
    });
  }
}
