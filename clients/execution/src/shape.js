// What the schema says about fields, as loader, oracle and generator need it.
import { getNamedType, isCompositeType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql';

/** Reading these leaves a trace, or they tell of this run itself. */
const UNSTABLE = new Set([
  'ContactCard.details',
  'Account.lastSeenAt',
  'ApiToken.lastUsedAt',
  'Viewer.sessions',
  'Query.auditEntries',
  'Query.disclosures',
  'Query.viewer',
]);

export const isNode = (type) =>
  isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node');

export const isConnection = (type) => isObjectType(type) && type.name.endsWith('Connection');

const isRequired = (argument) => isNonNullType(argument.type) && argument.defaultValue === undefined;

export const isList = (type) => isListType(isNonNullType(type) ? type.ofType : type);

/** The fields of a type that are compared, each with its kind. */
export function fieldsOf(type) {
  return Object.values(type.getFields()).flatMap((field) => {
    if (field.name.startsWith('_') || UNSTABLE.has(`${type.name}.${field.name}`)) return [];
    const target = getNamedType(field.type);
    const base = { field, target, list: isList(field.type) };
    // What is found by a search isn't told by the records alone.
    if (field.args.some(isRequired)) return [];
    if (isConnection(target)) return [{ ...base, kind: 'connection' }];
    if (isLeafType(target)) return [{ ...base, kind: 'leaf' }];
    if (isNode(target)) return [{ ...base, kind: 'reference' }];
    return isCompositeType(target) && isObjectType(target) ? [{ ...base, kind: 'inside' }] : [];
  });
}

/** The type of a connection's nodes. */
export const nodeTypeOf = (connection) => getNamedType(connection.getFields().nodes.type);

/** The connections of the query root. */
export const rootConnections = (schema) =>
  fieldsOf(schema.getQueryType()).filter(({ kind }) => kind === 'connection');

/** The fields of the query root that find one record by an argument. */
export function rootLookups(schema) {
  return Object.values(schema.getQueryType().getFields()).flatMap((field) => {
    const target = getNamedType(field.type);
    const finds = isNode(target) && field.args.length > 0 && !isList(field.type);
    return finds && !field.name.startsWith('_') ? [{ field, target }] : [];
  });
}
