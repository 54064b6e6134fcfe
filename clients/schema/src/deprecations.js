// What a schema marks `@deprecated`, and what the reasons have to say.
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** Such as: Use `Lesson.title`. Goes after 2027-06-30. */
const REASON = /^Use `(?<replacement>[^`]+)`\. Goes after (?<date>\d{4}-\d{2}-\d{2})\.$/;

/** Everything that is deprecated, as `{ path, reason, replacement, date }`; the last two if the reason has them. */
export function deprecations(schema) {
  return [...elements(schema)]
    .filter(({ deprecationReason }) => deprecationReason != null)
    .map(({ path, deprecationReason: reason }) => ({ path, reason, ...REASON.exec(reason)?.groups }));
}

/** What is wrong with the deprecations of a schema. */
export function faults(schema) {
  const known = new Map([...elements(schema)].map((element) => [element.path, element]));
  return deprecations(schema).flatMap(({ path, replacement, date }) => {
    if (!replacement) return [`${path}: the reason isn't of the form: Use \`…\`. Goes after YYYY-MM-DD.`];
    if (!isDay(date)) return [`${path}: ${date} is no day`];
    const instead = known.get(replacement) ?? (schema.getType(replacement) && {});
    if (!instead) return [`${path}: there is no ${replacement}`];
    if (instead.deprecationReason != null) return [`${path}: ${replacement} is deprecated itself`];
    return [];
  });
}

const isDay = (text) => {
  const day = new Date(text);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text);
};

/** Fields, arguments, fields of inputs and values of enums, each with its path. */
function* elements(schema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isEnumType(type)) {
      yield* type.getValues().map((value) => at(`${type.name}.${value.name}`, value));
    } else if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const path = `${type.name}.${field.name}`;
        yield at(path, field);
        yield* (field.args ?? []).map((argument) => at(`${path}.${argument.name}`, argument));
      }
    }
  }
}

const at = (path, { deprecationReason }) => ({ path, deprecationReason });
