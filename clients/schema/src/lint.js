// The linter on a text, with the rules of eslint.config.js.
import { ESLint } from 'eslint';
import { parse } from 'graphql';

/** Where a rule holds for all but one definition: which, and why. */
const EXCEPTIONS = [
  {
    rule: 'relay-edge-types',
    at: 'LanguageEdge',
    why: 'A language is named by its code, in every system; an id of ours would be a second name.',
  },
  ...['include', 'skip', 'specifiedBy'].map((at) => ({
    rule: 'require-description',
    at,
    why: "GraphQL's own directive, whose arguments its specification describes.",
  })),
];

/** Which rules are broken where, and which exceptions weren't needed. */
export async function lint(sdl) {
  const eslint = new ESLint({
    cwd: new URL('..', import.meta.url).pathname,
    overrideConfig: { languageOptions: { parserOptions: { graphQLConfig: { schema: sdl } } } },
  });
  const [{ messages }] = await eslint.lintText(sdl, { filePath: 'schema.graphql' });
  const { definitions } = parse(sdl);
  const found = messages.map(({ line, ruleId, message }) => ({
    rule: ruleId?.replace('@graphql-eslint/', ''),
    at: definitions.find(({ loc }) => loc.startToken.line <= line && line <= loc.endToken.line)?.name?.value,
    message,
  }));
  const excepted = ({ rule, at }) => EXCEPTIONS.find((one) => one.rule === rule && one.at === at);
  return {
    broken: found.filter((one) => !excepted(one)),
    needless: EXCEPTIONS.filter((exception) => !found.some((one) => excepted(one) === exception)),
  };
}
