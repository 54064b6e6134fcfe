//! Filters by what the viewer may not see: they answer as by an id that nothing has.

use serde_json::{Value, json};

use super::world::{World, in_the_world};

const PRODUCT: &str = "product_01h455vb4pex5vsknk084sn02q";

/// How many someone finds with a filter.
async fn found(world: &World, who: &str, list: &str, filter: Value) -> i64 {
    let capital = match list {
        "contacts" => "ContactCard".to_owned(),
        list => format!("{}{}", list[..1].to_uppercase(), &list[1..list.len() - 1]),
    };
    let query = format!(
        "query ($filter: {capital}Filter!) {{ {list}(filter: $filter) {{ totalCount nodes {{ __typename }} }} }}"
    );
    let answer = world.data(who, &query, json!({ "filter": filter })).await;
    assert_eq!(
        answer[list]["nodes"].as_array().unwrap().len(),
        usize::try_from(count(&answer[list])).unwrap()
    );
    count(&answer[list])
}

fn count(list: &Value) -> i64 {
    list["totalCount"].as_i64().unwrap()
}

/// A public lesson of the platform of a country, by one of its members, published as if it were.
async fn published(world: &World, country: &str, by: &str) -> String {
    let input = json!({ "platformId": world.platform(country), "title": "Racks", "language": "en", "visibility": "PUBLIC" });
    let draft = world.done(by, "draftLesson", input, "lesson { id }").await;
    let id = draft["lesson"]["id"].as_str().unwrap();
    world
        .run(&format!(
            "UPDATE lesson_versions SET state = 'PUBLISHED', published_at = 1 WHERE lesson_id = '{id}';
             UPDATE lessons SET status = 'PUBLISHED', published_version_id = current_version_id, published_at = 1
               WHERE id = '{id}';"
        ))
        .await;
    id.to_owned()
}

async fn hide_platform(world: &World, country: &str) {
    let sql = format!("UPDATE platforms SET visibility = 'PRIVATE' WHERE id = '{}'", world.platform(country));
    world.run(&sql).await;
}

in_the_world! {
    async fn a_hidden_platform_is_not_found_by_what_names_it(world) {
        let (egypt, malawi) = (world.platform("EGY"), world.platform("MWI"));
        world.run(&format!(
            "INSERT INTO products (id, country_id, concept_id, name, sort_key) SELECT '{PRODUCT}', c.id, \
             (SELECT MIN(id) FROM concepts), 'Date', 'date' FROM countries c WHERE c.code = 'EGY';
             INSERT INTO platform_products VALUES ('{egypt}', '{PRODUCT}');"
        )).await;
        published(world, "EGY", "mona").await;
        let foreign = published(world, "MWI", "grace").await;
        let try_it = json!({ "lessonId": foreign, "platformId": egypt });
        world.done("mona", "planReplication", try_it, "replication { id }").await;
        let card = json!({
            "headline": "Drying", "canHelpWith": "Drying dates", "language": "en", "visibility": "PUBLIC", "platformId": egypt,
        });
        world.done("mona", "publishContactCard", card, "card { id }").await;
        // Who was a member keeps a row that says so.
        world.run(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status) VALUES ('membership_01h455vb4pex5vsknk084sn02q', 1, 1, 1, '{egypt}', \
             'EGY', '{}', 'nobody', 'MEMBER', 'FARMER', 'LEFT')",
            world.id("nobody")
        )).await;
        let asked = [
            ("lessons", "platform", "grace", egypt),
            ("lessons", "product", "grace", PRODUCT),
            ("replications", "platform", "grace", egypt),
            ("contacts", "platform", "grace", egypt),
            ("memberships", "platform", "nobody", egypt),
        ];
        for (list, by, who, id) in asked {
            assert!(found(world, who, list, json!({ by: [id] })).await > 0, "{list} by {by}: seen by {who}");
        }
        hide_platform(world, "EGY").await;
        for (list, by, who, id) in asked {
            assert!(found(world, who, list, json!({})).await > 0, "{who} sees {list}");
            assert_eq!(found(world, who, list, json!({ by: [id] })).await, 0, "{list} by {by}: hidden from {who}");
            assert!(found(world, "mona", list, json!({ by: [id] })).await > 0, "{list} by {by}: seen by mona");
        }
        assert!(found(world, "grace", "accounts", json!({ "platform": [malawi] })).await > 0);
    }

    async fn hidden_lessons_cards_and_people_are_not_found_by_what_names_them(world) {
        let lesson = published(world, "EGY", "mona").await;
        let card = world.card("farida").await;
        let try_it = json!({ "lessonId": lesson, "platformId": world.platform("MWI") });
        world.done("grace", "planReplication", try_it, "replication { id }").await;
        let ask = json!({ "cardId": card, "message": "How do you dry?" });
        let asked = world.done("grace", "requestIntroduction", ask, "introduction { id }").await;
        let accept = json!({ "introductionId": asked["introduction"]["id"], "fields": ["PHONE"] });
        world.done("farida", "acceptIntroduction", accept, "introduction { id }").await;
        let asked = [
            ("replications", "lesson", lesson.as_str()),
            ("introductions", "card", card.as_str()),
            ("consents", "card", card.as_str()),
            ("appointments", "account", world.id("focal")),
        ];
        for (list, by, id) in asked {
            assert_eq!(found(world, "grace", list, json!({ by: [id] })).await, 1, "{list} by {by}");
        }
        world.done("mona", "withdrawLesson", json!({ "lessonId": lesson }), "__typename").await;
        world.done("farida", "retireContactCard", json!({ "cardId": card }), "__typename").await;
        world.run(&format!("UPDATE accounts SET status = 'SUSPENDED' WHERE id = '{}'", world.id("focal"))).await;
        for (list, by, id) in asked {
            assert!(found(world, "grace", list, json!({})).await > 0, "grace sees {list}");
            assert_eq!(found(world, "grace", list, json!({ by: [id] })).await, 0, "{list} by {by}");
        }
        assert_eq!(found(world, "farida", "introductions", json!({ "card": [card] })).await, 1);
        assert_eq!(found(world, "farida", "consents", json!({ "card": [card] })).await, 1);
        assert_eq!(found(world, "secretary", "appointments", json!({ "account": [world.id("focal")] })).await, 1);
    }

    async fn a_revision_is_found_by_its_state_once_it_is_seen(world) {
        let lesson = published(world, "EGY", "mona").await;
        world.done("mona", "reviseLesson", json!({ "lessonId": lesson }), "__typename").await;
        let drafts = json!({ "openStatus": ["DRAFT"] });
        for (who, sees) in [("mona", 1), ("farida", 1), ("focal", 0), ("secretary", 0), ("omar", 0), ("grace", 0), ("", 0)] {
            assert_eq!(found(world, who, "lessons", drafts.clone()).await, sees, "{who}");
            let query = "query ($id: ID!) { lesson(id: $id) { missingForSubmission } }";
            let lacks = world.data(who, query, json!({ "id": lesson })).await["lesson"]["missingForSubmission"].clone();
            assert_eq!(lacks.is_array(), sees > 0, "{who}: {lacks}");
        }
        world.run(&format!(
            "UPDATE lesson_versions SET state = 'SUBMITTED' WHERE lesson_id = '{lesson}' AND state = 'DRAFT'"
        )).await;
        let queue = json!({ "openStatus": ["SUBMITTED"] });
        for (who, sees) in [("mona", 1), ("focal", 1), ("secretary", 1), ("omar", 0), ("grace", 0), ("", 0)] {
            assert_eq!(found(world, who, "lessons", queue.clone()).await, sees, "{who}");
        }
    }
}
