// What of a change of the schema breaks clients that were written for the schema before.
import { ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { deprecations } from './deprecations.js';

/** What nobody who keeps to the documentation notices, though graphql-inspector warns of it. */
const HARMLESS = new Set([
  ChangeType.FieldArgumentAdded,
  ChangeType.InputFieldAdded,
  ChangeType.ObjectTypeInterfaceAdded,
  ChangeType.FieldDeprecationAdded,
]);

/** What takes something away that may have been deprecated before. */
const REMOVALS = new Set([
  ChangeType.FieldRemoved,
  ChangeType.FieldArgumentRemoved,
  ChangeType.InputFieldRemoved,
  ChangeType.EnumValueRemoved,
]);

/**
 * The breaking changes from one SDL to the next, as `{ type, path, message }`. `today` is the day,
 * `YYYY-MM-DD`: what was deprecated may go once its date has come.
 */
export async function breaks(before, after, today = new Date().toISOString().slice(0, 10)) {
  const [from, to] = [buildSchema(before), buildSchema(after)];
  const due = new Set(
    deprecations(from)
      .filter(({ date }) => date && date <= today)
      .map(({ path }) => path),
  );
  const changes = await diff(from, to);
  return changes
    .filter((change) => {
      const { type, path, criticality } = change;
      if (REMOVALS.has(type) && due.has(path)) return false;
      if (criticality.level === CriticalityLevel.Breaking) return true;
      if (criticality.level !== CriticalityLevel.Dangerous || HARMLESS.has(type)) return false;
      return !promisedToGrow(from, path);
    })
    .map(({ type, path, message }) => ({ type, path, message }));
}

/** Enums and unions say whether they may grow; clients have a default for those that do. */
function promisedToGrow(schema, path) {
  return schema.getType(path.split('.')[0])?.description?.match(/\bmay grow\b/i) != null;
}
