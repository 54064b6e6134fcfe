//! `viewerCan` says what the mutations answer. For some hundred steps people do, one after the other,
//! whatever there is to do, and each time both are asked.

use std::collections::BTreeMap;

use maip_domain::closed_set::ClosedSet as _;
use maip_domain::error_code::ErrorCode;
use maip_domain::policy::Reason;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::lessons::{full, published, with};
use super::world::{World, in_the_world};

const STEPS: usize = 1000;
const PEOPLE: &[&str] =
    &["mona", "omar", "farida", "grace", "lwazi", "nobody", "focal", "secretary", "admin", ""];

/// A kind of record, and how to find some.
struct Kind {
    name: &'static str,
    /// The input field that names one.
    field: &'static str,
    rows: &'static str,
    deeds: &'static [Deed],
}

/// Something that can be done with such a record.
struct Deed {
    action: &'static str,
    mutation: &'static str,
    /// Whether it depends on the rest of the input, too.
    depends: bool,
}

const fn deed(action: &'static str, mutation: &'static str) -> Deed {
    Deed { action, mutation, depends: false }
}

const fn depending(action: &'static str, mutation: &'static str) -> Deed {
    Deed { action, mutation, depends: true }
}

/// The columns of `rows`: id, revision, and what the deeds need besides.
const KINDS: &[Kind] = &[
    Kind {
        name: "Platform",
        field: "platformId",
        rows: "SELECT id, revision, '', '' FROM platforms ORDER BY id",
        deeds: &[
            depending("ADVANCE", "advancePlatform"),
            deed("UPDATE", "updatePlatform"),
            depending("INVITE", "inviteMember"),
            deed("REQUEST_MEMBERSHIP", "requestMembership"),
            deed("DRAFT_LESSON", "draftLesson"),
        ],
    },
    Kind {
        name: "Membership",
        field: "membershipId",
        rows: "SELECT id, revision, COALESCE(account_id, ''), platform_id FROM memberships ORDER BY id",
        deeds: &[
            deed("APPROVE", "approveMembership"),
            deed("ACCEPT", "acceptInvitation"),
            deed("CHANGE_ROLE", "changeMemberRole"),
            deed("SUSPEND", "suspendMembership"),
            deed("REINSTATE", "reinstateMembership"),
            deed("LEAVE", "leavePlatform"),
            deed("REQUEST_MEMBERSHIP", "requestMembership"),
        ],
    },
    Kind {
        name: "Appointment",
        field: "appointmentId",
        rows: "SELECT id, revision, '', '' FROM appointments ORDER BY id DESC",
        deeds: &[deed("END_APPOINTMENT", "endAppointment")],
    },
    Kind {
        name: "Account",
        field: "accountId",
        rows: "SELECT id, revision, '', '' FROM accounts ORDER BY id",
        deeds: &[
            deed("SUSPEND", "suspendAccount"),
            deed("REINSTATE", "reinstateAccount"),
            deed("ISSUE_SIGN_IN_CODE", "issueSignInCode"),
        ],
    },
    Kind {
        name: "Organisation",
        field: "organisationId",
        rows: "SELECT id, revision, '', '' FROM organisations ORDER BY id",
        deeds: &[
            deed("UPDATE", "updateOrganisation"),
            deed("VERIFY", "verifyOrganisation"),
            deed("MANAGE_MANAGERS", "addOrganisationManager"),
            deed("ACCEPT", "acceptOrganisationManagement"),
            deed("DECLINE", "declineOrganisationManagement"),
            deed("CLEAR", "clearOrganisation"),
            deed("MANAGE_TOKENS", "createApiToken"),
        ],
    },
    Kind {
        name: "ApiToken",
        field: "tokenId",
        rows: "SELECT id, revision, '', '' FROM api_tokens ORDER BY id DESC LIMIT 3",
        deeds: &[deed("MANAGE_TOKENS", "rotateApiToken"), deed("MANAGE_TOKENS", "revokeApiToken")],
    },
    Kind {
        name: "Lesson",
        field: "lessonId",
        rows: "SELECT id, revision, '', '' FROM lessons ORDER BY id DESC LIMIT 4",
        deeds: &[
            deed("UPDATE", "updateLesson"),
            deed("SUBMIT", "submitLesson"),
            deed("START_REVIEW", "startReview"),
            deed("COMMENT", "commentOnReview"),
            deed("REQUEST_CHANGES", "requestLessonChanges"),
            deed("PUBLISH", "publishLesson"),
            deed("WITHDRAW", "withdrawLesson"),
            deed("REVISE", "reviseLesson"),
            deed("ENDORSE", "endorseLesson"),
            deed("REPLICATE", "planReplication"),
        ],
    },
    Kind {
        name: "Replication",
        field: "replicationId",
        rows: "SELECT id, revision, '', '' FROM replications ORDER BY id DESC LIMIT 4",
        deeds: &[
            deed("RECORD_TRIAL", "recordTrial"),
            deed("UPDATE", "concludeReplication"),
            deed("VERIFY", "verifyReplication"),
        ],
    },
    Kind {
        name: "ContactCard",
        field: "cardId",
        rows: "SELECT id, revision, '', '' FROM contact_cards ORDER BY id DESC LIMIT 6",
        deeds: &[
            deed("UPDATE", "updateContactCard"),
            deed("RETIRE", "retireContactCard"),
            deed("MANAGE_CONSENT", "grantContactConsent"),
            deed("REQUEST_INTRODUCTION", "requestIntroduction"),
        ],
    },
    Kind {
        name: "Introduction",
        field: "introductionId",
        rows: "SELECT id, revision, '', '' FROM introductions ORDER BY id DESC LIMIT 4",
        deeds: &[deed("ACCEPT", "acceptIntroduction"), deed("DECLINE", "declineIntroduction")],
    },
    Kind {
        name: "Consent",
        field: "consentId",
        rows: "SELECT id, 1, '', '' FROM consents ORDER BY id DESC LIMIT 3",
        deeds: &[deed("WITHDRAW", "withdrawContactConsent")],
    },
];

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A record that something is done with.
struct Found {
    id: String,
    revision: i64,
    account: String,
    platform: String,
}

async fn found(world: &World, rows: &str) -> Vec<Found> {
    let writer = world.services().database.writer();
    let statement = Statement::from_string(writer.get_database_backend(), rows);
    let rows = writer.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| Found {
            id: row.try_get_by_index(0).unwrap(),
            revision: row
                .try_get_by_index::<i64>(1)
                .or_else(|_| row.try_get_by_index::<i32>(1).map(i64::from))
                .unwrap(),
            account: row.try_get_by_index(2).unwrap(),
            platform: row.try_get_by_index(3).unwrap(),
        })
        .collect()
}

/// What is needed besides the name of the record.
fn rest_of_input(world: &World, dice: &mut Dice, mutation: &str, revision: i64) -> Value {
    let someone = world.id(PEOPLE[dice.below(9)]);
    let country = *dice.pick(&["EGY", "MWI"]);
    let platform = world.platform(country);
    match mutation {
        "advancePlatform" => json!({ "to": dice.pick(&["SCALING", "DORMANT", "IMPLEMENTING"]) }),
        "updatePlatform" | "updateOrganisation" => json!({ "expectedRevision": revision, "name": "Dates" }),
        "suspendAccount" | "reinstateAccount" => json!({ "expectedRevision": revision }),
        "inviteMember" => {
            json!({ "invitee": { "accountId": someone }, "role": "MEMBER", "actorType": "FARMER" })
        }
        "requestMembership" => json!({ "actorType": "TRADER" }),
        "changeMemberRole" => json!({ "role": dice.pick(&["FACILITATOR", "MEMBER", "OBSERVER", "BROKER"]) }),
        "addOrganisationManager" => json!({ "accountId": someone }),
        "clearOrganisation" => json!({ "scopes": ["LESSONS_READ"] }),
        "createApiToken" => json!({ "name": "reader", "scopes": ["LESSONS_READ"] }),
        "draftLesson" => full_lesson(),
        "updateLesson" => json!({ "expectedRevision": revision, "whoLost": "Nobody." }),
        "commentOnReview" => json!({ "text": "Why?" }),
        "requestLessonChanges" => json!({ "comment": "More, please." }),
        "planReplication" => json!({ "platformId": platform }),
        "recordTrial" => json!({ "conditionsHeld": ["Racks"] }),
        "verifyReplication" => json!({ "note": "Seen in the yard." }),
        "concludeReplication" => json!({ "conclusion": "ADOPTED", "outcome": "WORKED" }),
        "updateContactCard" => json!({ "expectedRevision": revision, "headline": "Drying dates" }),
        "grantContactConsent" => {
            json!({ "to": { "group": "MEMBERS" }, "fields": ["EMAIL"], "purpose": "Ask me" })
        }
        "requestIntroduction" => json!({ "message": "Show me how" }),
        "acceptIntroduction" => json!({ "fields": [] }),
        _ => json!({}),
    }
}

fn full_lesson() -> Value {
    json!({
        "title": "Drying dates", "language": "en", "visibility": "MEMBERS", "abstract": "a", "context": "b",
        "problem": "c", "whatWasDone": "d", "result": "e", "outcome": "WORKED", "enablingConditions": ["Dry wind"],
    })
}

/// Each action that the policy names, and the reason why not; nothing where the record isn't seen.
async fn permissions(world: &World, who: &str, kind: &Kind, id: &str) -> BTreeMap<String, Option<Reason>> {
    let query = format!(
        "query ($id: ID!) {{ node(id: $id) {{ ... on {} {{ viewerCan {{ action allowed reason }} }} }} }}",
        kind.name
    );
    let node = world.data(who, &query, json!({ "id": id })).await["node"].clone();
    let list = node["viewerCan"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|said| {
            let reason = said["reason"].as_str().map(|code| Reason::from_code(code).unwrap());
            assert_eq!(said["allowed"], json!(reason.is_none()));
            (said["action"].as_str().unwrap().to_owned(), reason)
        })
        .collect()
}

/// What came of it all.
#[derive(Default)]
struct Tally {
    /// How often something was done, and how often refused.
    counts: BTreeMap<&'static str, (usize, usize)>,
    /// Where the two didn't say the same; one for each mutation is enough.
    contradictions: BTreeMap<&'static str, String>,
}

impl Tally {
    /// How often it was done, and how often refused.
    fn of(&self, deed: &Deed) -> (usize, usize) {
        self.counts.get(deed.mutation).copied().unwrap_or_default()
    }

    fn is_both(&self, deed: &Deed) -> bool {
        let (done, refused) = self.of(deed);
        done > 0 && refused > 0
    }
}

async fn step(world: &World, dice: &mut Dice, concept: &Value, active: &[&'static str], tally: &mut Tally) {
    // Lessons have the longest way to go, and what wasn't both done and refused yet comes before the rest.
    let lacking: Vec<&Kind> =
        KINDS.iter().filter(|kind| kind.deeds.iter().any(|deed| !tally.is_both(deed))).collect();
    let kind = match dice.below(10) {
        0..3 => &KINDS[6],
        3..7 if !lacking.is_empty() => *dice.pick(&lacking),
        _ => dice.pick(KINDS),
    };
    let records = found(world, kind.rows).await;
    if records.is_empty() {
        return;
    }
    let record = dice.pick(&records);
    let itself = active.iter().find(|who| !who.is_empty() && world.id(who) == record.account);
    let who = match (dice.below(4), itself) {
        (0 | 1, Some(itself)) => *itself,
        (0, None) if active.contains(&"focal") => "focal",
        _ => *dice.pick(active),
    };
    let said = permissions(world, who, kind, &record.id).await;
    let open: Vec<&Deed> =
        kind.deeds.iter().filter(|deed| matches!(said.get(deed.action), Some(None))).collect();
    // What wasn't done yet, or wasn't refused yet, comes first, or chance alone would take long to reach it.
    let untried: Vec<&Deed> = kind
        .deeds
        .iter()
        .filter(|deed| {
            let (done, refused) = tally.of(deed);
            if matches!(said.get(deed.action), Some(None)) { done == 0 } else { refused == 0 }
        })
        .collect();
    let deed = match dice.below(10) {
        0..4 if !untried.is_empty() => *dice.pick(&untried),
        0..7 if !open.is_empty() => *dice.pick(&open),
        _ => dice.pick(kind.deeds),
    };
    if kind.name == "Account" && deed.action == "SUSPEND" && dice.below(3) > 0 {
        return;
    }
    let mut input = rest_of_input(world, dice, deed.mutation, record.revision);
    let mut field = kind.field;
    if kind.name == "Membership" && ["leavePlatform", "requestMembership"].contains(&deed.mutation) {
        // These are about the membership of the one who does it.
        if who.is_empty() || world.id(who) != record.account {
            return;
        }
        input["platformId"] = json!(record.platform);
        field = "platformId";
    } else {
        input[kind.field] = json!(record.id);
    }
    if deed.mutation == "draftLesson" {
        input["conceptIds"] = json!([concept]);
    }
    let payload = world.payload(who, deed.mutation, input, "__typename").await;
    let errors = payload["userErrors"].as_array().unwrap();
    let told = format!("{} by {who:?} with {}: {said:?} but {payload}", deed.mutation, record.id);
    let count = tally.counts.entry(deed.mutation).or_default();
    let agree = match (said.get(deed.action), errors.first()) {
        (Some(None), None) => {
            count.0 += 1;
            true
        }
        (Some(None), Some(error)) => {
            let about_the_rest = deed.depends || (error["field"].is_string() && error["field"] != field);
            about_the_rest || ["TRY_LATER", "TOO_MANY"].contains(&error["code"].as_str().unwrap())
        }
        (Some(Some(reason)), Some(error)) => {
            count.1 += 1;
            // Who isn't signed in may be told so first.
            who.is_empty() || error["code"] == ErrorCode::from(*reason).code()
        }
        (None, Some(_)) => {
            count.1 += 1;
            true
        }
        (_, None) => false,
    };
    if !agree {
        tally.contradictions.entry(deed.mutation).or_insert(told);
    }
}

/// The people whose accounts aren't suspended, signed in again where they were.
async fn active(world: &World) -> Vec<&'static str> {
    world.run("UPDATE sessions SET revoked_at = NULL WHERE revoked_at IS NOT NULL").await;
    let rows = "SELECT id, 1, '', '' FROM accounts WHERE status = 'ACTIVE'";
    let ids: Vec<String> = found(world, rows).await.into_iter().map(|row| row.id).collect();
    PEOPLE.iter().copied().filter(|who| who.is_empty() || ids.iter().any(|id| id == world.id(who))).collect()
}

in_the_world! {
    async fn what_viewer_can_says_is_what_the_mutations_answer(world) {
        let concept = world.data("", "{ concepts(first: 1) { nodes { id } } }", Value::Null).await;
        let concept = &concept["concepts"]["nodes"][0]["id"];
        world.organisation("Date Union", &["mona"], &["LESSONS_READ"]).await;
        world.organisation("Dairy", &["grace", "omar"], &["LESSONS_READ"]).await;
        world.run(
            "UPDATE platforms SET region = (SELECT c.region FROM countries c WHERE c.code = platforms.country_code)"
        ).await;
        // The way from a draft to a try is too long for chance alone.
        let to_try = with(&published(world, "Drying dates").await, json!({ "platformId": world.platform("MWI") }));
        let mut dice = Dice(17);
        let mut tally = Tally::default();
        for number in 0..STEPS {
            let active = active(world).await;
            if number % 100 == 0 {
                // Else more and more people are shut out, and in the end nobody can do anything.
                world.run("UPDATE accounts SET status = 'ACTIVE' WHERE status = 'SUSPENDED'").await;
                world.run("UPDATE memberships SET status = 'ACTIVE' WHERE status IN ('SUSPENDED', 'LEFT')").await;
            }
            if number % 25 == 0 {
                for who in ["mona", "grace", "farida"].into_iter().filter(|who| active.contains(who)) {
                    let details = json!({ "email": format!("{who}@example.org") });
                    let card = json!({ "headline": "Drying", "canHelpWith": "Dates", "language": "en", "details": details });
                    world.payload(who, "publishContactCard", card, "__typename").await;
                }
                if active.contains(&"mona") {
                    let figs = full(world, "Drying figs").await;
                    let drafted = world.payload("mona", "draftLesson", figs, "lesson { id }").await;
                    let named = json!({ "lessonId": drafted["lesson"]["id"] });
                    if number % 50 == 0 && named["lessonId"].is_string() {
                        world.payload("mona", "submitLesson", named, "__typename").await;
                    }
                }
                if active.contains(&"grace") {
                    world.payload("grace", "planReplication", to_try.clone(), "__typename").await;
                }
                let someone = world.id(PEOPLE[dice.below(6)]);
                let kind = *dice.pick(&["TECHNICAL_OFFICER", "NATIONAL_FOCAL_POINT", "REGIONAL_FOCAL_POINT"]);
                let mut office = json!({ "accountId": someone, "kind": kind });
                match kind {
                    "REGIONAL_FOCAL_POINT" => office["region"] = json!("NEAR_EAST_NORTH_AFRICA"),
                    _ => office["country"] = json!(dice.pick(&["EGY", "MWI"])),
                }
                let by = if active.contains(&"secretary") { "secretary" } else { "admin" };
                world.payload(by, "appoint", office, "__typename").await;
            }
            if number == STEPS * 9 / 10 {
                world.run(&format!("UPDATE platforms SET stage = 'CLOSED' WHERE id = '{}'", world.platform("MWI"))).await;
            }
            step(world, &mut dice, concept, &active, &mut tally).await;
            world.pass(1_800);
        }
        assert!(tally.contradictions.is_empty(), "{:#?}", tally.contradictions);
        // What is never tried would show nothing.
        let all: Vec<&Deed> = KINDS.iter().flat_map(|kind| kind.deeds).collect();
        let (both, lacking): (Vec<&Deed>, Vec<&Deed>) = all.iter().partition(|deed| tally.is_both(deed));
        let names: Vec<&str> = lacking.iter().map(|deed| deed.mutation).collect();
        assert!(both.len() * 4 >= all.len() * 3, "not both done and refused: {names:?}");
    }
}
