// What a client does about each error that MAIP can answer: the tables of docs/errors.md as code.
import type { ErrorCode } from './generated/graphql.js';

/** The codes of top-level errors. */
export type TopLevelCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'PAYLOAD_TOO_LARGE'
  | 'CURSOR_EXPIRED'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'OPERATION_NOT_ALLOWED'
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** One entry of `errors`. */
export interface TopLevelError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string; requestId?: string };
}

/** What to do next. */
export type Step =
  /** Get a new access token and send the same again; where that fails, the person signs in. */
  | { do: 'refresh' }
  /** Wait so long, and send the same again. */
  | { do: 'wait'; seconds: number }
  /** Send it with the text of the document. */
  | { do: 'sendText' }
  /** Forget the cursor: read the list, or subscribe, from the beginning. */
  | { do: 'beginAnew' }
  /** Ask for fewer records or send less, and tell the developer: it will happen again. */
  | { do: 'askForLess' }
  /** Use what came, and leave out what this token has no scope for. */
  | { do: 'leaveOut'; paths: string[] }
  /** A mistake in this program: no use in trying again. Tell its developer. */
  | { do: 'report'; message: string; requestId: string | undefined }
  /** A defect of the server: show the id of the request, so that it can be found. */
  | { do: 'apologise'; requestId: string | undefined };

/** What is waited where the server doesn't say: longer each time, and not all clients at once. */
export const pause = (attempt: number) => Math.min(60, 2 ** attempt) * (0.5 + Math.random() / 2);

/** What to do about an answer with `errors`; `attempt` counts from 0. */
export function step(errors: TopLevelError[], headers: Headers, attempt = 0): Step {
  const requestId = headers.get('x-request-id') ?? errors[0]?.extensions?.requestId;
  const code = errors[0]?.extensions?.code as TopLevelCode | undefined;
  switch (code) {
    case 'UNAUTHENTICATED':
      return { do: 'refresh' };
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
    case 'TIMEOUT': {
      const said = Number(headers.get('retry-after') ?? Number.NaN);
      return { do: 'wait', seconds: Number.isNaN(said) ? pause(attempt) : said };
    }
    case 'PERSISTED_QUERY_NOT_FOUND':
      return { do: 'sendText' };
    case 'CURSOR_EXPIRED':
      return { do: 'beginAnew' };
    case 'QUERY_TOO_COMPLEX':
    case 'PAYLOAD_TOO_LARGE':
      return { do: 'askForLess' };
    case 'FORBIDDEN':
      return { do: 'leaveOut', paths: errors.map(({ path = [] }) => path.join('.')) };
    case 'BAD_USER_INPUT':
    case 'NOT_FOUND':
    case 'OPERATION_NOT_ALLOWED':
      return { do: 'report', message: errors[0]?.message ?? code, requestId };
    case 'INTERNAL':
    case undefined:
      return { do: 'apologise', requestId };
    default:
      // A code of a later version. That there is none of this version left is checked by the compiler.
      code satisfies never;
      return { do: 'apologise', requestId };
  }
}

/** What a form does about an entry of `userErrors`. */
export type FormStep =
  /** Show the message at the field. */
  | 'showAtField'
  /** Show the message; the form can't mend it. */
  | 'show'
  /** Let the person sign in, then send it again. */
  | 'signIn'
  /** Show both sides of the conflict and let the person decide. */
  | 'compare'
  /** Read the record again: it has moved on, or isn't there for this person any more. */
  | 'readAgain'
  /** Let the person try again later. */
  | 'later'
  /** Take another id; this one stands for something else. */
  | 'newId';

/** The compiler sees to it that each code of the schema stands here. */
const FORM_STEPS: Record<ErrorCode, FormStep> = {
  REQUIRED: 'showAtField',
  INVALID: 'showAtField',
  INVALID_ID: 'showAtField',
  NOT_NFC: 'showAtField',
  CONTROL_CHARACTER: 'showAtField',
  DIRECTION_OVERRIDE: 'showAtField',
  NONCHARACTER: 'showAtField',
  TOO_LONG: 'showAtField',
  TOO_SHORT: 'showAtField',
  TOO_MANY: 'showAtField',
  QUOTA_EXCEEDED: 'showAtField',
  FILE_TYPE: 'showAtField',
  FILE_TOO_LARGE: 'showAtField',
  FILE_UNREADABLE: 'showAtField',
  WEAK_PASSWORD: 'showAtField',
  MISSING_FIELDS: 'showAtField',
  INVALID_CREDENTIALS: 'showAtField',
  INVALID_CODE: 'showAtField',
  NOT_FOUND: 'readAgain',
  WRONG_STATE: 'readAgain',
  STALE_REVISION: 'compare',
  CONFLICT: 'newId',
  MUTATION_ID_REUSED: 'newId',
  SIGN_IN_NEEDED: 'signIn',
  INVALID_REFRESH_TOKEN: 'signIn',
  LOGIN_NOT_VERIFIED: 'show',
  TRY_LATER: 'later',
  FORBIDDEN: 'show',
  MEMBERSHIP_NEEDED: 'show',
  CONFLICT_OF_INTEREST: 'show',
  NOT_A_REVIEWER: 'show',
  PEER_FACILITATOR: 'show',
  LAST_FACILITATOR: 'show',
  LAST_MANAGER: 'show',
  NOT_YOURS: 'show',
  MISSING_SCOPE: 'show',
  CONSENT_REQUIRED: 'show',
};

/** What a form does about a code, also one of a later version. */
export const formStep = (code: string): FormStep => FORM_STEPS[code as ErrorCode] ?? 'show';
