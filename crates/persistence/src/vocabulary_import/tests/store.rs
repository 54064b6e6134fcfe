use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};

use maip_domain::time::{Clock, Entropy, Timestamp};

use super::super::{Report, StoreError, import};
use super::*;
use crate::database::Database;
use crate::tests::database::{on_postgres, on_sqlite, rows};

/// Each reading is a second later, and each byte another, so that no two ids are the same.
struct Steps(AtomicI64);

static STEPS: Steps = Steps(AtomicI64::new(1_700_000_000));

impl Clock for Steps {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed) * Timestamp::SECOND)
    }
}

impl Entropy for Steps {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

const HEADER: &str = "uri\tbroader\tlabel_en\tlabel_ar\tsynonyms_en\tdeprecated\n";
const FIG: &str = "http://a/fruit\t\tfruits\tفواكه\t\t\n\
    http://a/fig\thttp://a/fruit|http://a/ficus\tfigs\tتين\tfig fruit|Smyrna fig\t\n\
    http://a/ficus\t\tFicus\t\t\t\n\
    http://a/dried\thttp://a/fig\tdried figs\t\t\t\n";

async fn store(database: &Database, table: &str) -> Result<Report, StoreError> {
    store_whole(database, &format!("{HEADER}{table}")).await
}

/// Of a table with a header of its own.
async fn store_whole(database: &Database, table: &str) -> Result<Report, StoreError> {
    let vocabulary = parse(Format::Tsv, table).unwrap();
    let transaction = database.begin().await.unwrap();
    let report = import(&transaction, &vocabulary, &STEPS, &STEPS).await?;
    transaction.commit().await.unwrap();
    Ok(report)
}

const CONCEPTS: &str = "SELECT uri || ' ' || label FROM concepts";
const IDS: &str = "SELECT uri || ' ' || id FROM concepts";
const LABELS: &str = "SELECT uri || ' ' || language || ' ' || kind || ' ' || text FROM concept_labels l \
    JOIN concepts c ON c.id = l.concept_id";
const LINKS: &str = "SELECT c.uri || ' ' || p.uri FROM concept_broader b \
    JOIN concepts c ON c.id = b.concept_id JOIN concepts p ON p.id = b.broader_id";
const ANCESTORS: &str = "SELECT c.uri || ' ' || CAST(distance AS text) || ' ' || p.uri FROM concept_ancestors a \
    JOIN concepts c ON c.id = a.concept_id JOIN concepts p ON p.id = a.ancestor_id";

async fn everything(database: &Database) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for sql in [CONCEPTS, IDS, LABELS, LINKS, ANCESTORS] {
        all.push(rows(database, sql).await);
    }
    all
}

async fn a_vocabulary_is_stored_with_its_closure(database: &Database) {
    let report = store(database, FIG).await.unwrap();
    assert_eq!(report, Report { added: 4, labels: 8, links: 3, ..Report::default() });
    assert_eq!(
        rows(database, LABELS).await,
        [
            "http://a/dried en PREFERRED dried figs",
            "http://a/ficus en PREFERRED Ficus",
            "http://a/fig ar PREFERRED تين",
            "http://a/fig en ALTERNATIVE Smyrna fig",
            "http://a/fig en ALTERNATIVE fig fruit",
            "http://a/fig en PREFERRED figs",
            "http://a/fruit ar PREFERRED فواكه",
            "http://a/fruit en PREFERRED fruits",
        ]
    );
    assert_eq!(
        rows(database, ANCESTORS).await,
        [
            "http://a/dried 0 http://a/dried",
            "http://a/dried 1 http://a/fig",
            "http://a/dried 2 http://a/ficus",
            "http://a/dried 2 http://a/fruit",
            "http://a/ficus 0 http://a/ficus",
            "http://a/fig 0 http://a/fig",
            "http://a/fig 1 http://a/ficus",
            "http://a/fig 1 http://a/fruit",
            "http://a/fruit 0 http://a/fruit",
        ]
    );
}

async fn a_second_import_replaces_what_it_has_and_keeps_ids_and_the_rest(database: &Database) {
    store(database, FIG).await.unwrap();
    let ids = rows(database, IDS).await;
    let again = store(database, FIG).await.unwrap();
    assert_eq!(again, Report { kept: 4, labels: 8, links: 3, ..Report::default() });
    // A label more, two less, and as it was at first: none of them is the one shown.
    for text in ["fig fruit|Smyrna fig|wild fig", "fig fruit", "fig fruit|Smyrna fig"] {
        let other = store(database, &FIG.replace("fig fruit|Smyrna fig", text)).await.unwrap();
        assert_eq!((other.changed, other.kept), (1, 3), "{text}");
    }

    let report = store(
        database,
        "http://a/fig\thttp://a/fruit|http://a/nowhere\tcommon fig\t\t\ttrue\nhttp://a/quince\thttp://a/fruit\tquinces\t\t\t\n",
    )
    .await
    .unwrap();
    assert_eq!(
        report,
        Report { added: 1, changed: 1, labels: 2, links: 2, links_left_out: 1, ..Report::default() }
    );
    let now = rows(database, IDS).await;
    assert!(ids.iter().all(|id| now.contains(id)) && now.len() == 5);
    assert!(rows(database, CONCEPTS).await.contains(&"http://a/fig common fig".to_owned()));
    assert_eq!(
        rows(database, LINKS).await,
        ["http://a/dried http://a/fig", "http://a/fig http://a/fruit", "http://a/quince http://a/fruit"]
    );
    let ancestors = rows(database, ANCESTORS).await;
    assert!(ancestors.contains(&"http://a/dried 2 http://a/fruit".to_owned()));
    assert!(!ancestors.iter().any(|row| row.ends_with("1 http://a/ficus")));
}

const FRENCH_TOO: &str = "uri\tlabel_en\tsynonyms_en\tlabel_fr\tsynonyms_fr\tlabel_zh\n\
    http://a/fig\tfigs\tfig fruit\tfigues\tfigue sèche\t无花果\n\
    http://a/date\t\t\tdattes\t\t\n\
    http://a/plum\tplums\t\tprunes\t\t\n\
    http://a/kiwi\t\t\t\tnom|autre nom\t\n";

async fn a_file_replaces_labels_in_its_own_languages_alone(database: &Database) {
    store_whole(database, FRENCH_TOO).await.unwrap();

    // The file has a column for Chinese and no label in it; it has English for some concepts, and not for plums.
    let english = "uri\tlabel_en\tlabel_zh\n\
        http://a/fig\tcommon figs\t\nhttp://a/date\tdates\t\nhttp://a/plum\t\t\nhttp://a/kiwi\t\t\n";
    let report = store_whole(database, english).await.unwrap();
    assert_eq!((report.added, report.changed, report.kept, report.labels), (0, 3, 1, 2));
    let after = [
        "http://a/date en PREFERRED dates",
        "http://a/date fr PREFERRED dattes",
        "http://a/fig en PREFERRED common figs",
        "http://a/fig fr ALTERNATIVE figue sèche",
        "http://a/fig fr PREFERRED figues",
        "http://a/fig zh PREFERRED 无花果",
        "http://a/kiwi fr ALTERNATIVE autre nom",
        "http://a/kiwi fr ALTERNATIVE nom",
        "http://a/plum fr PREFERRED prunes",
    ];
    assert_eq!(rows(database, LABELS).await, after);
    let shown = [
        "http://a/date dates",
        "http://a/fig common figs",
        "http://a/kiwi autre nom",
        "http://a/plum prunes",
    ];
    assert_eq!(rows(database, CONCEPTS).await, shown);

    let again = store_whole(database, english).await.unwrap();
    assert_eq!((again.changed, again.kept), (0, 4), "labels in other languages are no change");
    assert_eq!(rows(database, LABELS).await, after);

    // A file without any label says nothing of labels.
    let bare = "uri\tdeprecated\nhttp://a/fig\t\nhttp://a/plum\ttrue\n";
    let report = store_whole(database, bare).await.unwrap();
    assert_eq!((report.changed, report.kept), (1, 1));
    assert_eq!(rows(database, LABELS).await, after);
    assert_eq!(rows(database, CONCEPTS).await, shown);
}

async fn a_cycle_with_what_is_held_is_refused_and_changes_nothing(database: &Database) {
    store(database, FIG).await.unwrap();
    let before = everything(database).await;
    let refused =
        store(database, "http://a/new\t\tnew\t\t\t\nhttp://a/fruit\thttp://a/dried\tall fruits\t\t\t\n")
            .await;
    let message = refused.unwrap_err().to_string();
    assert!(message.starts_with("line 3: the hierarchy has a cycle: "), "{message}");
    for uri in ["http://a/fruit", "http://a/fig", "http://a/dried"] {
        assert!(message.contains(uri), "{message}");
    }
    assert_eq!(everything(database).await, before);
}

async fn thousands_of_concepts_go_in_with_every_row(database: &Database) {
    let mut table = String::new();
    for n in 0..5_000_usize {
        let parent = if n == 0 { String::new() } else { format!("http://a/{}", n / 4) };
        writeln!(table, "http://a/{n}\t{parent}\tlabel {n}\t\tother {n}\t").unwrap();
    }
    let report = store(database, &table).await.unwrap();
    assert_eq!((report.added, report.labels, report.links), (5_000, 10_000, 4_999));
    let count = "SELECT CAST((SELECT COUNT(*) FROM concepts) AS text) || ' ' || \
        CAST((SELECT COUNT(*) FROM concept_labels) AS text) || ' ' || \
        CAST((SELECT COUNT(*) FROM concept_broader) AS text)";
    assert_eq!(rows(database, count).await, ["5000 10000 4999"]);
    assert_eq!(store(database, &table).await.unwrap().kept, 5_000);
    assert_eq!(rows(database, count).await, ["5000 10000 4999"]);
}

macro_rules! on_both {
    ($($test:ident)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::on_sqlite(super::$test).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::on_postgres(super::$test).await;
            })+
        }
    };
}

on_both! {
    a_vocabulary_is_stored_with_its_closure
    a_second_import_replaces_what_it_has_and_keeps_ids_and_the_rest
    a_file_replaces_labels_in_its_own_languages_alone
    a_cycle_with_what_is_held_is_refused_and_changes_nothing
    thousands_of_concepts_go_in_with_every_row
}
