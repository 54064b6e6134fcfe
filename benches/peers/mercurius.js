// Mercurius 16 with loaders on the same views, compiled queries on, statements prepared.
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

import { run } from './workers.js'

const schema = `
  type Query {
    lessons(first: Int!): LessonConnection!
    lesson(id: ID!): Lesson
  }
  type Mutation { draftLesson(input: DraftLessonInput!): DraftLessonPayload! }
  input DraftLessonInput {
    id: ID!  versionId: ID!  authorId: ID!  platformId: ID!  title: String!  abstract: String!  conceptIds: [ID!]!
    auditId: ID!  eventId: ID!
  }
  type DraftLessonPayload { lesson: Draft }
  type Draft { id: ID!  title: String!  status: String!  concepts: [Concept!]! }
  type LessonConnection { nodes: [Lesson!]!  pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! }
  type Lesson {
    id: ID!  title: String!  abstract: String!  language: String!  outcome: String  publishedAt: String
    country: Country!  platform: Platform  organisation: Organisation  concepts: [Concept!]!
    replications(first: Int!): ReplicationConnection!
    currentVersion: LessonVersion
  }
  type LessonVersion { number: Int!  context: String!  problem: String!  whatWasDone: String! }
  type Country { id: ID!  code: String!  name: String! }
  type Platform { id: ID!  name: String!  products(first: Int!): ProductConnection! }
  type ProductConnection { nodes: [Product!]! }
  type Product { id: ID!  name: String! }
  type Organisation { id: ID!  name: String! }
  type Concept { id: ID!  label: String! }
  type ReplicationConnection { nodes: [Replication!]! }
  type Replication { status: String!  outcome: String  country: Country! }
`

const LESSON =
  'id, title, abstract, language, outcome, published_at AS "publishedAt", country_id, platform_id, organisation_id, current_version_id'

run(({ url, connections }) => {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows

  // Records by the ids that `of` finds in the parents.
  const byId = (name, columns, of) => async (queries) => {
    const found = await rows(`${name}-by-id`, `SELECT ${columns} FROM peer.${name} WHERE id = ANY ($1)`, [
      [...new Set(queries.map(({ obj }) => of(obj)).filter(Boolean))],
    ])
    const index = new Map(found.map((row) => [row.id, row]))
    return queries.map(({ obj }) => index.get(of(obj)) ?? null)
  }
  // Rows grouped by the parent's key.
  const grouped = (found, queries, of) => {
    const groups = new Map()
    for (const row of found) {
      if (groups.has(row.parent)) groups.get(row.parent).push(row)
      else groups.set(row.parent, [row])
    }
    return queries.map(({ obj }) => groups.get(of(obj)) ?? [])
  }
  const concepts = (of) => async (queries) =>
    grouped(
      await rows(
        'concepts',
        'SELECT version_id AS parent, id, label FROM peer.concepts WHERE version_id = ANY ($1) ORDER BY sort_key, id',
        [queries.map(({ obj }) => of(obj))],
      ),
      queries,
      of,
    )

  const resolvers = {
    Query: {
      lessons: async (_, { first }) => {
        const nodes = await rows(
          `lessons-${first}`,
          `SELECT ${LESSON} FROM peer.lessons ORDER BY sort_at DESC, id DESC LIMIT ${first + 1}`,
        )
        return { nodes: nodes.slice(0, first), pageInfo: { hasNextPage: nodes.length > first } }
      },
      lesson: async (_, { id }) =>
        (
          await rows(
            'lesson',
            `SELECT ${LESSON}, number, context, problem, what_was_done AS "whatWasDone" FROM peer.lessons WHERE id = $1`,
            [id],
          )
        )[0] ?? null,
    },
    Mutation: {
      draftLesson: async (_, { input }) => {
        const [lesson] = await rows('draft', 'SELECT * FROM peer.draft_lesson($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
          input.id, input.versionId, input.authorId, input.platformId, input.title, input.abstract, input.conceptIds,
          input.auditId, input.eventId,
        ])
        return { lesson }
      },
    },
    // Read with the lesson.
    Lesson: { currentVersion: (lesson) => lesson },
  }
  const loaders = {
    Lesson: {
      country: byId('countries', 'id, code, name', (lesson) => lesson.country_id),
      platform: byId('platforms', 'id, name', (lesson) => lesson.platform_id),
      organisation: byId('organisations', 'id, name', (lesson) => lesson.organisation_id),
      concepts: concepts((lesson) => lesson.current_version_id),
      replications: async (queries) => {
        const { first } = queries[0].params
        const found = await rows(
          `replications-${first}`,
          `SELECT r.* FROM unnest($1::text[]) AS p (id) CROSS JOIN LATERAL (
             SELECT lesson_id AS parent, status, outcome, country_id FROM peer.replications WHERE lesson_id = p.id
             ORDER BY created_at DESC, id DESC LIMIT ${first}) r`,
          [queries.map(({ obj }) => obj.id)],
        )
        return grouped(found, queries, (lesson) => lesson.id).map((nodes) => ({ nodes }))
      },
    },
    Platform: {
      products: async (queries) => {
        const { first } = queries[0].params
        const found = await rows(
          `products-${first}`,
          `SELECT r.* FROM unnest($1::text[]) AS p (id) CROSS JOIN LATERAL (
             SELECT platform_id AS parent, id, name FROM peer.products WHERE platform_id = p.id
             ORDER BY sort_key, id LIMIT ${first}) r`,
          [[...new Set(queries.map(({ obj }) => obj.id))]],
        )
        return grouped(found, queries, (platform) => platform.id).map((nodes) => ({ nodes }))
      },
    },
    Replication: { country: byId('countries', 'id, code, name', (replication) => replication.country_id) },
    Draft: { concepts: concepts((draft) => draft.version_id) },
  }

  const app = Fastify({ logger: false, keepAliveTimeout: 0 })
  app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false })
  app.listen({ port: 0, host: '127.0.0.1' })
})
