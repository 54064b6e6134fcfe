// graphql-js over plain objects: what the specification says the answer is.
import { execute, GraphQLObjectType, parse } from 'graphql';
import { fieldsOf, isConnection, rootConnections, rootLookups } from './shape.js';

const WELL_FORMED = /^([a-z_]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

export class Oracle {
  constructor(schema, records) {
    this.schema = schema;
    this.records = records;
    this.prefixes = new Map();
    for (const { __typename, id } of records.byId.values()) {
      this.prefixes.set(WELL_FORMED.exec(id)[1], __typename);
    }
    for (const type of Object.values(schema.getTypeMap())) {
      if (type instanceof GraphQLObjectType && !type.name.startsWith('__')) this.resolve(type);
    }
    for (const name of ['Node', '_Entity']) {
      const abstract = schema.getType(name);
      if (abstract) abstract.resolveType = (value) => value.__typename;
    }
  }

  /** The response. */
  answer(text, variables, operationName) {
    return execute({
      schema: this.schema,
      document: parse(text),
      rootValue: {},
      variableValues: variables,
      operationName,
    });
  }

  /** A reference becomes the record. */
  follow(value) {
    if (Array.isArray(value)) return value.map((item) => this.follow(item));
    return value?.reference ? this.records.byId.get(value.reference) : value;
  }

  resolve(type) {
    if (type === this.schema.getQueryType()) {
      this.resolveRoot(type);
    } else if (!isConnection(type)) {
      for (const { field, kind } of fieldsOf(type)) {
        field.resolve =
          kind === 'connection'
            ? (parent, args) => this.page(parent[field.name], args)
            : (parent) => this.follow(parent[field.name]);
      }
    }
  }

  resolveRoot(type) {
    for (const { field } of rootConnections(this.schema)) {
      field.resolve = (_, args) => this.page(this.records.roots.get(field.name), args);
    }
    for (const { field, target } of rootLookups(this.schema)) {
      field.resolve = (_, args) => this.lookUp(target, args);
    }
    const { node, nodes } = type.getFields();
    node.resolve = (_, { id }) => this.byId(id);
    nodes.resolve = (_, { ids }) =>
      ids.map((id) => {
        try {
          return this.byId(id);
        } catch (error) {
          return error;
        }
      });
  }

  byId(id, type) {
    const prefix = WELL_FORMED.exec(id)?.[1];
    const known = prefix && this.prefixes.get(prefix);
    if (!known || (type && known !== type.name)) throw new Error('not an id of such a record');
    return this.records.byId.get(id) ?? null;
  }

  lookUp(type, args) {
    const given = Object.entries(args).filter(([, value]) => value !== null && value !== undefined);
    if (given.length !== 1) throw new Error('exactly one is to be given');
    const [[name, value]] = given;
    if (name === 'id') return this.byId(value, type);
    return this.records.of(type).find((record) => record[name] === value) ?? null;
  }

  /** A page of rows, as Relay's specification and our own say. */
  page(rows, { first, last, after, before }) {
    const backward = last !== null && last !== undefined;
    const size = (backward ? last : first) ?? 20;
    const [from, to] = [after ?? null, before ?? null];
    const place = (wanted) => rows.findIndex(({ cursor }) => cursor === wanted);
    const within = rows.slice(from === null ? 0 : place(from) + 1, to === null ? rows.length : place(to));
    const shown = backward ? within.slice(Math.max(0, within.length - size)) : within.slice(0, size);
    const more = within.length > size;
    const edges = shown.map(({ cursor, node }) => ({ cursor, node: this.follow(node) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      totalCount: rows.length,
      totalCountIsExact: true,
      pageInfo: {
        hasNextPage: backward ? to !== null : more,
        hasPreviousPage: backward ? more : from !== null,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  }
}
