// Typed operations from `schema.graphql`, and the file of all documents that an operator imports.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: process.env.MAIP_SCHEMA ?? '../../schema.graphql',
  documents: ['src/**/*.ts', '!src/generated/**'],
  // Node's modules name files with their extension.
  importExtension: '.js',
  generates: {
    './src/generated/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        // As docs/frontend-authors.md has it: each document has its hash in `__meta__.hash`.
        persistedDocuments: { hashAlgorithm: 'sha256' },
      },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        // Nothing becomes `any`: a scalar that isn't named here is an error.
        strictScalars: true,
        scalars: {
          CountryCode: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
          LanguageCode: 'string',
          Upload: 'Blob',
          _Any: 'unknown',
        },
      },
    },
  },
};

export default config;
