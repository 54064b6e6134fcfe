//! `docs/policy.md`: the rules as a person reads them, written from the same data that the programs
//! follow. `cargo xtask docs` writes it; a test holds it against the rules.

mod phrase;

use std::fmt::Write as _;
use std::path::PathBuf;

use phrase::{NAMED, alternatives, inline, spelled_out};

use super::{ALL, cooperation, identity, lessons, membership, record, translations};
use crate::closed_set::ClosedSet;
use crate::identity::scope::Scope;
use crate::policy::action::{Policy, Reason};
use crate::policy::expr::Expr;

const OPENING: &str = "\
# Who may see and do what

Written from the rules in `crates/domain/src/policy/rules/` by `cargo xtask docs`; a test fails where the two differ. Change the rules, not this page.

How to read it:

- *You* are whoever asks: a person who is signed in, an API token, or nobody in particular.
- **Sees it** says who may know that a record is there. For everyone else it doesn't exist: the answer is the same as for an unknown id.
- Each action lists all that must hold, in the order in which it is checked. The first thing that doesn't hold gives the reason behind the arrow. Where nobody is signed in and that thing depends on who asks, the reason is `SIGN_IN_NEEDED` instead. An action that isn't listed is open to nobody.
- The same reasons stand in `viewerCan { action allowed reason }` of a record, so that a client shows or hides a button without knowing these rules.
- A *member* is someone with an `ACTIVE` membership in any platform. All of this is looked up with every request: who is suspended now is shut out from the next request on.
- Nobody gets round the consent of a person whose contact details are asked for: not the secretariat, and not the system administrator.
- An API token writes lessons for its organisation, where `LESSONS_WRITE` allows it, and nothing else. It sees what its scopes, its organisation's clearance and its countries all allow (docs/partners.md).
";

/// What each kind of record is, in one sentence.
fn sentence(policy: &Policy) -> &'static str {
    match policy.subject {
        "Viewer" => "You, with what follows from your credentials.",
        "Account" => "A person, as others see them: by name, never by login.",
        "Login" => {
            "The e-mail address, phone number or short name with which someone signs in. It is contact data."
        }
        "Session" => "A device that is signed in.",
        "Organisation" => "An organisation. Its name and kind are public.",
        "ApiToken" => "A token of a partner organisation, without its secret.",
        "Platform" => "A multi-actor agricultural innovation platform.",
        "Membership" => "The membership of a person or an organisation in a platform.",
        "Appointment" => "An office that someone holds. Its role is the kind of office.",
        "Reference" => "Countries, regions, languages, products, projects: what comes with an installation.",
        "Concept" => "A concept of the vocabulary.",
        "Lesson" => "A lesson. Its state is that of its versions taken together.",
        "LessonVersion" => "One numbered edition of a lesson.",
        "LessonAttachment" => "A file of one edition of a lesson.",
        "ReviewEntry" => "One step of the conversation between author and reviewers.",
        "Endorsement" => "A country's endorsement of a lesson.",
        "Replication" => "A lesson tried elsewhere. Failures are as public as successes.",
        "LessonTranslation" => "A translation of one edition of a lesson. Who sees the edition sees it.",
        "TranslationRequest" => "The wish to have a lesson translated into a language.",
        "ContactCard" => "Who can help with what. The contact details on it have rules of their own.",
        "ContactDetail" => "One contact detail of a card: e-mail, phone, messenger, address.",
        "Introduction" => "A request to be put in touch.",
        "Consent" => "What someone allows to be shown, to whom, until when.",
        "Disclosure" => "One logged reading of someone's contact details.",
        "AuditEntry" => "Who did what to which record, when.",
        "Part" => "A part of another record, such as a cost or a label: reached through that record alone.",
        other => panic!("say in one sentence what {other} is"),
    }
}

/// Of what a kind of record is a part, as far as a rule asks for the state of that.
fn parent(policy: &Policy) -> &'static str {
    match policy.subject {
        "Membership" | "ContactCard" => "its person's account's",
        "ReviewEntry" => "its version's",
        _ => "its lesson's",
    }
}

/// Fields that fewer people see than the record that they stand in.
const FIELDS: &[(&str, Expr)] = &[
    ("The author of a lesson", lessons::SEES_AUTHOR),
    ("The organisation for which a lesson was written", lessons::SEES_ORGANISATION),
    ("Who translated a lesson", translations::SEES_TRANSLATOR),
    ("The version that is being worked on, its reviewer, the review thread", lessons::SEES_WORK),
    ("The state of an account, and who registered it", identity::SEES_STATUS),
    ("For what an organisation is cleared", identity::SEES_CLEARANCE),
    ("What was written with an invitation or a request for membership", membership::SEES_MESSAGE),
    ("The queue of requests for membership of a platform", membership::MANAGES_MEMBERS),
    ("To whom a contact card was opened, and who read it", cooperation::OWNER),
    ("Where an audit entry stands among all", record::SEES_POSITION),
];

fn page() -> String {
    let mut page = OPENING.to_owned();
    page.push_str("\n## Words used below\n\n");
    for named in NAMED {
        let name = named.phrase.split('*').nth(1).unwrap_or(named.phrase);
        let _ = writeln!(page, "- **{name}**: {}.", spelled_out(&named.expr));
    }
    for policy in ALL {
        write_policy(&mut page, policy);
    }
    page.push_str("\n## Fields that fewer people see\n\nFor everyone else they are null.\n\n");
    for (what, expr) in FIELDS {
        let _ = writeln!(page, "- **{what}**: {}.", inline(expr));
    }
    write_set::<Reason>(&mut page, "Reasons", "What `viewerCan` says where an action isn't open to you.");
    write_set::<Scope>(&mut page, "Scopes of API tokens", "What a token may be allowed to read.");
    page
}

fn write_policy(page: &mut String, policy: &Policy) {
    let (alternatives, always) = alternatives(&policy.read);
    let mut text = match alternatives.as_slice() {
        [one] => format!("**Sees it**: {one}.\n"),
        _ => format!("**Sees it**, where one of these holds:\n\n- {}\n", alternatives.join("\n- ")),
    };
    if !always.is_empty() {
        let _ = writeln!(text, "\nIn every case: {}.", always.join("; "));
    }
    for rule in policy.rules {
        let description = member_description(rule.action);
        let _ = writeln!(text, "\n**`{}`** – {description}\n", rule.action.code());
        for (index, clause) in rule.clauses.iter().enumerate() {
            let holds = inline(&clause.holds);
            let _ = writeln!(text, "{}. {holds} → `{}`", index + 1, clause.otherwise.code());
        }
    }
    let mut text = text.replace("its parent's", parent(policy));
    if policy.subject == "Platform" {
        text = text.replace("its platform", "the platform");
    }
    let _ = write!(page, "\n## {}\n\n{}\n\n{text}", policy.subject, sentence(policy));
}

fn member_description<T: ClosedSet>(value: T) -> &'static str {
    T::MEMBERS.iter().find(|member| member.value == value).map_or("", |member| member.description)
}

fn write_set<T: ClosedSet>(page: &mut String, heading: &str, opening: &str) {
    let _ = write!(page, "\n## {heading}\n\n{opening}\n\n| code | meaning |\n| --- | --- |\n");
    for member in T::MEMBERS {
        let _ = writeln!(page, "| `{}` | {} |", member.code, member.description);
    }
}

/// Set by `cargo xtask docs`.
const WRITE: &str = "MAIP_WRITE_DOCS";

#[test]
fn the_page_says_what_the_rules_say() {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md"));
    let from_rules = page();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &from_rules).expect("docs/policy.md can be written");
    }
    let checked_in = std::fs::read_to_string(&file).unwrap_or_default();
    for (number, (file, rules)) in checked_in.lines().zip(from_rules.lines()).enumerate() {
        assert_eq!(file, rules, "docs/policy.md line {}: run cargo xtask docs", number + 1);
    }
    assert!(checked_in == from_rules, "docs/policy.md isn't what the rules say: run cargo xtask docs");
}
