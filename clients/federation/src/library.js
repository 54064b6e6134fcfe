// A second subgraph, as another team may have it: what people want to read, and the weather.
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

export const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])

  scalar CountryCode

  type Query {
    readingList(ids: [ID!]!): [Entry!]!
    forecasts(codes: [CountryCode!]!): [Country]!
  }

  type Entry {
    place: Int!
    lesson: Lesson
  }

  type Lesson @key(fields: "id") {
    id: ID!
    bookmarks: Int!
  }

  type Country @key(fields: "code") {
    code: CountryCode!
    rainyDays: Int!
  }
`);

const lesson = (id) => ({ id, bookmarks: id.length });
const country = (code) => ({ code, rainyDays: code.charCodeAt(0) });

export const schema = buildSubgraphSchema({
  typeDefs,
  resolvers: {
    Query: {
      readingList: (_, { ids }) => ids.map((id, place) => ({ place, lesson: lesson(id) })),
      forecasts: (_, { codes }) => codes.map(country),
    },
    Lesson: { __resolveReference: ({ id }) => lesson(id) },
    Country: { __resolveReference: ({ code }) => country(code) },
  },
});
