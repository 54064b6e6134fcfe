//! The one error of every state machine.

use crate::closed_set::ClosedSet;

/// An action that the present state doesn't allow. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is in state {from}, which doesn't allow this")]
pub struct ForbiddenTransition {
    /// The name of the closed set of states, such as `MembershipStatus`.
    pub subject: &'static str,
    /// The code of the present state.
    pub from: &'static str,
    /// The code of the action, or of the state asked for.
    pub action: &'static str,
}

impl ForbiddenTransition {
    /// From a state and the action (or the state asked for) that it doesn't allow.
    #[must_use]
    pub fn new<S: ClosedSet, A: ClosedSet>(from: S, action: A) -> Self {
        Self { subject: S::NAME, from: from.code(), action: action.code() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::fmt::Debug;

    /// Shows that a machine allows exactly these steps: every other pair of state and action is
    /// forbidden, and the error names the pair.
    pub(crate) fn exactly<S, A>(allowed: &[(S, A, S)], apply: impl Fn(S, A) -> Result<S, ForbiddenTransition>)
    where
        S: ClosedSet + Debug,
        A: ClosedSet + Debug,
    {
        let mut met = 0;
        for from in S::MEMBERS {
            for action in A::MEMBERS {
                let expected = allowed
                    .iter()
                    .find(|(state, act, _)| *state == from.value && *act == action.value)
                    .map(|(_, _, to)| *to);
                let got = apply(from.value, action.value);
                match expected {
                    Some(to) => {
                        met += 1;
                        assert_eq!(got, Ok(to), "{} on {}", action.code, from.code);
                    }
                    None => assert_eq!(
                        got,
                        Err(ForbiddenTransition { subject: S::NAME, from: from.code, action: action.code })
                    ),
                }
            }
        }
        assert_eq!(met, allowed.len(), "each step of the table is listed once");
    }
}
