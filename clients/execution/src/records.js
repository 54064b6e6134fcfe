// Loads every record that a viewer can reach, by the plainest operations there are, into plain objects.
import { fieldsOf, nodeTypeOf, isNode, rootConnections } from './shape.js';

const AT_ONCE = 8;

export class Records {
  constructor(server, schema) {
    this.server = server;
    this.schema = schema;
    /** Records by id. */
    this.byId = new Map();
    /** The rows of the root's connections by the field's name. */
    this.roots = new Map();
    this.waiting = [];
  }

  async load() {
    for (const { field, target } of rootConnections(this.schema)) {
      const rows = await this.rows((page) => `{ at: ${field.name}${page} }`, target, (data) => data.at);
      this.roots.set(field.name, rows);
    }
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, AT_ONCE);
      await Promise.all(batch.map(({ id, type }) => this.record(id, type)));
    }
    return this;
  }

  /** Records of a type. */
  of(type) {
    return [...this.byId.values()].filter((record) => record.__typename === type.name);
  }

  /** A reference; what it leads to is loaded later. */
  reference(value, type) {
    if (value === null) return null;
    if (!this.byId.has(value.id)) {
      this.byId.set(value.id, { __typename: type.name, id: value.id });
      this.waiting.push({ id: value.id, type });
    }
    return { reference: value.id };
  }

  async record(id, type) {
    const ask = (selection) => `{ node(id: ${JSON.stringify(id)}) { ... on ${type.name} { ${selection} } } }`;
    const { node } = await this.server.data(ask(this.selection(type)));
    const record = this.byId.get(id);
    Object.assign(record, this.keep(node, type), { __typename: type.name, id });
    for (const { field, target, kind } of fieldsOf(type)) {
      if (kind !== 'connection') continue;
      const at = (page) => ask(`at: ${field.name}${page}`);
      record[field.name] = await this.rows(at, target, (data) => data.node.at);
    }
  }

  /** All rows of a connection in its own order, with their cursors. */
  async rows(query, connection, read) {
    const type = nodeTypeOf(connection);
    const rows = [];
    for (let after = null; ; ) {
      const from = after === null ? '' : `, after: ${JSON.stringify(after)}`;
      const page = `(first: 100${from}) { edges { cursor node { ${this.selection(type)} } } pageInfo { hasNextPage endCursor } }`;
      const { edges, pageInfo } = read(await this.server.data(query(page)));
      for (const { cursor, node } of edges) {
        rows.push({ cursor, node: isNode(type) ? this.reference(node, type) : this.keep(node, type) });
      }
      if (!pageInfo.hasNextPage) return rows;
      after = pageInfo.endCursor;
    }
  }

  /** What is asked of a record in one go; of one that has an id, inside another, that alone. */
  selection(type, depth = 0) {
    const parts = fieldsOf(type).flatMap(({ field, target, kind }) => {
      if (kind === 'leaf') return [field.name];
      if (kind === 'reference') return [`${field.name} { id }`];
      return kind === 'inside' && depth < 3 ? [`${field.name} { ${this.selection(target, depth + 1)} }`] : [];
    });
    return ['__typename', ...parts].join(' ');
  }

  keep(value, type, depth = 0) {
    if (value === null) return null;
    const kept = { __typename: type.name };
    for (const { field, target, kind } of fieldsOf(type)) {
      const each = (change) => {
        const found = value[field.name];
        return Array.isArray(found) ? found.map(change) : change(found);
      };
      if (kind === 'leaf') kept[field.name] = value[field.name];
      else if (kind === 'reference') kept[field.name] = each((found) => this.reference(found, target));
      else if (kind === 'inside' && depth < 3) {
        kept[field.name] = each((found) => this.keep(found, target, depth + 1));
      }
    }
    return kept;
  }
}
