// A small typed frontend module: what a page of lessons does with the API.
import type { Maip } from './client.js';
import type { DraftLessonInput, LessonFilter, LessonsQuery } from './generated/graphql.js';
import { DRAFT_LESSON, LESSONS } from './operations.js';
import { type FormStep, formStep } from './errors.js';

export type Lesson = NonNullable<LessonsQuery['lessons']>['nodes'][number];

/** All lessons that a filter keeps, a page at a time. */
export async function* pages(maip: Maip, filter: LessonFilter, first = 20): AsyncGenerator<Lesson[]> {
  let after: string | null = null;
  do {
    const { lessons }: LessonsQuery = await maip.execute(LESSONS, { first, after, filter });
    if (!lessons) return;
    yield lessons.nodes;
    after = lessons.pageInfo.hasNextPage ? lessons.pageInfo.endCursor : null;
  } while (after);
}

export interface Refused {
  field: string | null;
  message: string;
  step: FormStep;
}

/** The id of the new draft, or what its form has to show. */
export async function draft(maip: Maip, input: DraftLessonInput): Promise<string | Refused[]> {
  const { draftLesson } = await maip.execute(DRAFT_LESSON, { input });
  if (draftLesson?.lesson) return draftLesson.lesson.id;
  return (draftLesson?.userErrors ?? []).map(({ field, code, message }) => ({
    field,
    message,
    step: formStep(code),
  }));
}
