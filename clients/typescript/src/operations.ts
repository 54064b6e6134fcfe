// The operations of a small frontend. `graphql()` knows each of them by its text, so results and
// variables are typed by the schema.
import { graphql } from './generated/index.js';

export const SIGN_IN = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      session { accessToken accessTokenExpiresAt refreshToken }
      userErrors { field code message }
    }
  }
`);

export const LESSONS = graphql(`
  query Lessons($first: Int!, $after: String, $filter: LessonFilter) {
    lessons(first: $first, after: $after, filter: $filter) {
      totalCount
      nodes { id title language outcome publishedAt country { code name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const MANAGED = graphql(`
  query Managed {
    viewer {
      memberships {
        role
        platform {
          id
          members(first: 1, filter: { role: [MEMBER], status: [ACTIVE] }) { nodes { id role } }
        }
      }
    }
  }
`);

export const DRAFT_LESSON = graphql(`
  mutation DraftLesson($input: DraftLessonInput!) {
    draftLesson(input: $input) {
      lesson { id revision status title missingForSubmission }
      userErrors { field code message }
    }
  }
`);

export const CHANGE_ROLE = graphql(`
  mutation ChangeRole($input: ChangeMemberRoleInput!) {
    changeMemberRole(input: $input) {
      membership { id role }
      userErrors { field code message }
    }
  }
`);

export const MEMBERSHIP_CHANGED = graphql(`
  subscription MembershipChanged($after: String) {
    membershipChanged(after: $after) { cursor kind membership { id role } }
  }
`);
