//! The Rust client against the server: signs in, pages, mutates, subscribes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use maip_client_rust::operations::{
    ChangeRole, DraftLesson, Lessons, Managed, MembershipChanged, SignIn, change_role, draft_lesson, lessons,
    managed, membership_changed, sign_in,
};
use maip_client_rust::{Error, Maip};
use serde_json::Value;

fn anyone() -> Maip {
    Maip::new(&env::var("MAIP_URL").expect("MAIP_URL is set: run cargo xtask clients"))
}

/// The first facilitator of a platform of this country.
fn facilitator(country: &str) -> Maip {
    let path = env::var("MAIP_DEMO_ACCOUNTS").expect("MAIP_DEMO_ACCOUNTS is set");
    let demo: Value = serde_json::from_str(&fs::read_to_string(path).expect("the accounts")).expect("JSON");
    let mut accounts = demo["accounts"].as_array().expect("accounts").iter();
    let account = accounts
        .find(|account| account["role"] == "FACILITATOR" && account["country"] == country)
        .expect("there is one");
    let text = |field: &str| account[field].as_str().expect("a text").to_owned();
    let input =
        sign_in::SignInInput { login: text("login"), password: text("password"), ..Default::default() };
    let signed = anyone().execute::<SignIn>(sign_in::Variables { input }).expect("an answer").sign_in;
    let signed = signed.expect("a payload");
    assert_eq!(signed.user_errors, []);
    anyone().with_token(signed.session.expect("a session").access_token)
}

#[test]
fn pages_hold_every_lesson_once() {
    let maip = anyone();
    let mut seen = BTreeSet::new();
    let mut after = None;
    loop {
        let variables = lessons::Variables { first: 8, after: after.take() };
        let page = maip.execute::<Lessons>(variables).expect("an answer").lessons.expect("a list");
        for lesson in &page.nodes {
            assert_eq!(lesson.country.code.len(), 3);
            assert!(seen.insert(lesson.id.clone()), "{} came twice", lesson.id);
        }
        if !page.page_info.has_next_page {
            assert_eq!(seen.len(), usize::try_from(page.total_count).expect("a count"));
            break;
        }
        after = page.page_info.end_cursor;
    }
    assert!(seen.len() > 8);
}

fn managed_platform(maip: &Maip) -> managed::ManagedViewerMembershipsPlatform {
    let viewer = maip.execute::<Managed>(managed::Variables {}).expect("an answer").viewer.expect("a viewer");
    let mut memberships = viewer.memberships.into_iter();
    let managed = memberships.find(|membership| membership.role == managed::MembershipRole::FACILITATOR);
    managed.expect("one that they manage").platform.expect("a platform")
}

#[test]
fn a_draft_is_written_and_a_bad_one_is_refused_with_its_field() {
    let maip = facilitator("MWI");
    let platform = managed_platform(&maip);
    let draft = |title: String| {
        let input = draft_lesson::DraftLessonInput {
            platform_id: platform.id.clone(),
            language: Some("ny".to_owned()),
            title: Some(title),
            ..Default::default()
        };
        let payload = maip.execute::<DraftLesson>(draft_lesson::Variables { input }).expect("an answer");
        payload.draft_lesson.expect("a payload")
    };
    let written = draft("Nthochi zouma".to_owned());
    assert_eq!(written.user_errors, []);
    assert_eq!(written.lesson.expect("a lesson").title, "Nthochi zouma");

    let refused = draft("x".repeat(1_000));
    assert_eq!(refused.lesson, None);
    assert_eq!(refused.user_errors[0].field.as_deref(), Some("title"));
    assert_eq!(refused.user_errors[0].code, draft_lesson::ErrorCode::TOO_LONG);
}

#[test]
fn a_refused_request_says_its_code() {
    let nobody = anyone().with_token("nothing".to_owned());
    let refused = nobody.execute::<Managed>(managed::Variables {}).expect_err("refused");
    assert_eq!(refused.code(), Some("UNAUTHENTICATED"));
}

/// What is told of a member from a cursor on, until it is what is waited for.
fn told(
    maip: &Maip,
    member: &str,
    after: Option<String>,
    wanted: impl Fn(&membership_changed::MembershipRole) -> bool,
) -> Result<String, Error> {
    for event in maip.subscribe::<MembershipChanged>(membership_changed::Variables { after })? {
        let event = event?.membership_changed;
        if event.membership.id == member && wanted(&event.membership.role) {
            return Ok(event.cursor);
        }
    }
    Err(Error::Transport("the stream ended".to_owned()))
}

#[test]
fn a_subscription_tells_what_happens_and_goes_on_after_a_cursor() {
    let maip = facilitator("MWI");
    let member = managed_platform(&maip).members.nodes.first().expect("a member").id.clone();
    let change_to = |role: change_role::MembershipRole| {
        let input = change_role::ChangeMemberRoleInput {
            membership_id: member.clone(),
            role,
            expected_revision: None,
            mutation_id: None,
        };
        let payload = maip.execute::<ChangeRole>(change_role::Variables { input }).expect("an answer");
        assert_eq!(payload.change_member_role.expect("a payload").user_errors, []);
    };
    let first = thread::spawn({
        let (maip, member) = (maip.clone(), member.clone());
        move || told(&maip, &member, None, |_| true)
    });
    // What happens until the subscription is in place may not be told of: so it happens again.
    let until = Instant::now() + Duration::from_secs(60);
    while !first.is_finished() {
        assert!(Instant::now() < until, "nothing was told");
        change_to(change_role::MembershipRole::SECRETARY);
        change_to(change_role::MembershipRole::MEMBER);
    }
    let cursor = first.join().expect("no panic").expect("an event");
    change_to(change_role::MembershipRole::SECRETARY);
    change_to(change_role::MembershipRole::MEMBER);
    let is_member = |role: &membership_changed::MembershipRole| {
        matches!(role, membership_changed::MembershipRole::MEMBER)
    };
    assert_ne!(told(&maip, &member, Some(cursor.clone()), is_member).expect("an event"), cursor);
}
