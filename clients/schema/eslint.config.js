// What a schema that third parties build on has to keep to. Everything that the linter knows about
// schemas is on; what isn't, or not as it comes, says why.
import graphql from '@graphql-eslint/eslint-plugin';

const all = graphql.configs['flat/schema-all'].rules;
const relay = graphql.configs['flat/schema-relay'].rules;

const exceptions = {
  // The order of fields is that in which a reader wants them: the id first, the bookkeeping last.
  '@graphql-eslint/alphabetize': 'off',

  // `nodes` beside `edges`, and lists that are bounded by their nature, such as the languages of a
  // card: a page of them would be a burden and no help.
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],

  // There are mutations and subscriptions here.
  '@graphql-eslint/no-root-type': 'off',

  // A payload shows the record that was changed. The whole `Query` below it would make two snapshots
  // of one answer, and reads over the writing connection of what has nothing to do with the write.
  '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',

  // What has no identity of its own: pages, payloads, both sides of a conflict, counts, parts of a record, and
  // those that are named by another unique field (`Language` by its code).
  '@graphql-eslint/strict-id-in-types': [
    'error',
    {
      acceptedIdNames: ['id'],
      acceptedIdTypes: ['ID'],
      exceptions: {
        suffixes: ['Connection', 'Edge', 'Payload', 'Conflict', 'Count'],
        types: [
          'ActionPermission',
          'ConceptLabel',
          'ContactDetails',
          'CountryPair',
          'IntroductionChanged',
          'Language',
          'LessonCost',
          'LessonPublished',
          'LessonText',
          'LocalName',
          'MembershipChanged',
          'PageInfo',
          'ReplicationOutcomes',
          'SearchConcept',
          'SearchFacets',
          'SearchMatch',
          'SearchTerm',
          'SessionTokens',
          'Suggestion',
          'UploadTarget',
          'UserError',
          'Viewer',
          'ViewerLimits',
          '_Service',
        ],
      },
    },
  ],

  // Federation says that `_service` is there.
  '@graphql-eslint/require-nullable-result-in-root': 'off',

  // Removal dates stand in the reason, where every tool shows them: see test/deprecations.test.js.
  // An argument of `@deprecated` for them isn't part of the language.
  '@graphql-eslint/require-deprecation-date': 'off',

  // Not only types: every field, argument, value and directive says what it is.
  '@graphql-eslint/require-description': [
    'error',
    {
      types: true,
      rootField: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
      DirectiveDefinition: true,
    },
  ],

  // The styles refuse leading underscores as well, but let Federation have its own.
  '@graphql-eslint/naming-convention': [
    'error',
    {
      ...all['@graphql-eslint/naming-convention'][1],
      types: { style: 'PascalCase', ignorePattern: '^_(Any|Entity|Service)$' },
      FieldDefinition: { style: 'camelCase', ignorePattern: '^_(entities|service)$' },
      allowLeadingUnderscore: true,
    },
  ],
};

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: process.env.MAIP_SCHEMA ?? '../../schema.graphql' } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: { ...all, ...relay, ...exceptions },
  },
];
