// The schema browser: search, then walk from type to type.

const INTROSPECTION = `query Schema {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind name description
      fields(includeDeprecated: true) {
        name description isDeprecated deprecationReason
        args { name description defaultValue type { ...Ref } }
        type { ...Ref }
      }
      inputFields { name description defaultValue type { ...Ref } }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { name }
      interfaces { name }
    }
  }
}
fragment Ref on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}`;

const KINDS = {
  OBJECT: "type",
  INPUT_OBJECT: "input",
  ENUM: "enum",
  SCALAR: "scalar",
  INTERFACE: "interface",
  UNION: "union",
};
const RESULT_LIMIT = 60;

export class SchemaBrowser {
  #root;
  #search;
  #load;
  #types;
  #roots;
  #trail = [];

  /** `load` sends an operation and resolves to its answer. */
  constructor(root, search, load) {
    this.#root = root;
    this.#search = search;
    this.#load = load;
    search.addEventListener("input", () => this.#found());
  }

  /** Loads the schema once; asked again after a failure. */
  async open() {
    if (this.#types) return;
    this.#root.textContent = "Loading …";
    try {
      const answer = await this.#load(INTROSPECTION, {});
      const schema = answer.json?.data?.__schema;
      if (!schema) throw new Error(answer.json?.errors?.[0]?.message ?? `The server answered ${answer.status}.`);
      this.#types = new Map(
        schema.types.filter((type) => !type.name.startsWith("__")).map((type) => [type.name, type]),
      );
      this.#roots = [schema.queryType, schema.mutationType, schema.subscriptionType]
        .filter(Boolean)
        .map((type) => type.name);
      this.#found();
    } catch (error) {
      this.#root.textContent = `The schema can't be shown: ${error.message}`;
    }
  }

  #found() {
    if (!this.#types) return;
    this.#trail = [];
    const wanted = this.#search.value.trim().toLowerCase();
    if (!wanted) {
      this.#root.replaceChildren(this.#overview());
      return;
    }
    const hits = [];
    for (const type of this.#types.values()) {
      if (type.name.toLowerCase().includes(wanted)) hits.push({ rank: rank(type.name, wanted), type });
      for (const field of members(type)) {
        if (field.name.toLowerCase().includes(wanted)) hits.push({ rank: rank(field.name, wanted) + 1, type, field });
      }
    }
    hits.sort((a, b) => a.rank - b.rank || name(a).localeCompare(name(b)));
    const list = document.createElement("ul");
    for (const hit of hits.slice(0, RESULT_LIMIT)) {
      const item = document.createElement("li");
      const line = element("p", "signature");
      line.append(this.#link(hit.type.name));
      if (hit.field) line.append(`.${hit.field.name}`);
      item.append(line);
      describe(item, hit.field ?? hit.type);
      list.append(item);
    }
    const count = element("p", "kind");
    count.textContent =
      hits.length > RESULT_LIMIT ? `${hits.length} found, the first ${RESULT_LIMIT} shown` : `${hits.length} found`;
    this.#root.replaceChildren(count, list);
  }

  #overview() {
    const fragment = document.createDocumentFragment();
    for (const root of this.#roots) {
      const type = this.#types.get(root);
      const details = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = `${root} (${members(type).length} fields)`;
      details.append(summary, this.#members(type));
      details.open = root === this.#roots[0];
      fragment.append(details);
    }
    return fragment;
  }

  #show(typeName, forward = true) {
    const type = this.#types.get(typeName);
    if (!type) return;
    if (forward) this.#trail.push(typeName);
    const trail = element("p", "trail");
    trail.append(
      button("‹ Back", () => {
        this.#trail.pop();
        const previous = this.#trail.at(-1);
        if (previous) this.#show(previous, false);
        else this.#found();
      }),
    );
    const title = element("h3");
    title.textContent = type.name;
    title.tabIndex = -1;
    const kind = element("p", "kind");
    kind.textContent = KINDS[type.kind] ?? type.kind.toLowerCase();
    const parts = [trail, title, kind];
    const holder = document.createElement("div");
    describe(holder, type);
    parts.push(holder);
    for (const [label, names] of [
      ["implements", type.interfaces],
      ["is one of", type.possibleTypes],
    ]) {
      if (names?.length) {
        const line = element("p", "kind");
        line.append(`${label} `);
        names.forEach((other, index) => line.append(index ? ", " : "", this.#link(other.name)));
        parts.push(line);
      }
    }
    parts.push(this.#members(type));
    this.#root.replaceChildren(...parts);
    title.focus();
  }

  #members(type) {
    const list = document.createElement("ul");
    for (const field of members(type)) {
      const item = document.createElement("li");
      const line = element("p", "signature");
      line.append(field.name);
      if (field.args?.length) {
        line.append("(");
        field.args.forEach((arg, index) => {
          line.append(index ? ", " : "", `${arg.name}: `, ...this.#reference(arg.type));
          if (arg.defaultValue != null) line.append(` = ${arg.defaultValue}`);
        });
        line.append(")");
      }
      if (field.type) line.append(": ", ...this.#reference(field.type));
      item.append(line);
      describe(item, field);
      for (const arg of field.args ?? []) {
        if (arg.description) {
          const note = element("p", "description");
          note.textContent = `${arg.name}: ${arg.description}`;
          item.append(note);
        }
      }
      list.append(item);
    }
    return list;
  }

  #reference(type) {
    if (type.kind === "NON_NULL") return [...this.#reference(type.ofType), "!"];
    if (type.kind === "LIST") return ["[", ...this.#reference(type.ofType), "]"];
    return [this.#link(type.name)];
  }

  #link(typeName) {
    const link = button(typeName, () => this.#show(typeName));
    link.className = "type";
    return link;
  }
}

function members(type) {
  return type.fields ?? type.inputFields ?? type.enumValues ?? [];
}

function rank(found, wanted) {
  const lower = found.toLowerCase();
  if (lower === wanted) return 0;
  return lower.startsWith(wanted) ? 2 : 4;
}

function name(hit) {
  return hit.field ? `${hit.type.name}.${hit.field.name}` : hit.type.name;
}

function describe(parent, item) {
  if (item.description) {
    const text = element("p", "description");
    text.textContent = item.description;
    parent.append(text);
  }
  if (item.isDeprecated) {
    const text = element("p", "deprecated");
    text.textContent = `Deprecated: ${item.deprecationReason ?? "no longer supported"}`;
    parent.append(text);
  }
}

function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
