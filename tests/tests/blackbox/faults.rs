//! A full disk: every acknowledged write is there, and the audit chain is intact. Kills are in `kills`.
//!
//! What was acknowledged is recorded here, in the process of the test, which nobody kills.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use maip_tests::{Backend, Database, Request, Server, until};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use serde_json::{Value, json};

/// A new id: what any client makes.
pub fn new_id(prefix: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let count = u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
    let process = u128::from(std::process::id());
    // A UUID of version 7 and variant 2, at some time of 2027; unique in this process.
    let uuid = (1_800_000_000_000 << 80) | (7 << 76) | (2 << 62) | (process << 24) | count;
    let digit = |place: u32| char::from(ALPHABET[usize::try_from((uuid >> (5 * place)) & 31).unwrap()]);
    let digits: String = (0..26).rev().map(digit).collect();
    format!("{prefix}_{digits}")
}

/// An organisation under this id, some bytes long.
pub fn organisation(id: &str) -> Value {
    let name = format!("Cooperative {id} {}", "x".repeat(60));
    json!({ "id": id, "name": name, "kind": "PRODUCER", "country": "MWI" })
}

/// How a write ended.
#[derive(Debug, PartialEq, Eq)]
enum Written {
    Acknowledged,
    /// The server said that it can't now: nothing was changed, or it isn't known.
    Unavailable,
    /// No answer.
    Lost,
}

/// A client: where the server is, and who writes.
#[derive(Clone)]
struct Client {
    address: SocketAddr,
    token: String,
}

impl Client {
    /// Enters an organisation under this id.
    async fn write(&self, id: &str) -> Written {
        let request = Request::mutation("createOrganisation", &organisation(id), "organisation { id }");
        let Ok(response) = request.bearer(&self.token).send(self.address).await else { return Written::Lost };
        match response.code() {
            None => {
                let payload = &response.data()["createOrganisation"];
                assert_eq!(payload["userErrors"], json!([]), "{response}");
                assert_eq!(payload["organisation"]["id"], json!(id), "{response}");
                Written::Acknowledged
            }
            Some("UNAVAILABLE") => Written::Unavailable,
            Some(_) => panic!("a fault isn't answered with {response}"),
        }
    }

    /// Asserts that all of these are there.
    async fn finds(&self, ids: &[String]) {
        for some in ids.chunks(50) {
            let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
            let request = Request::graphql(query, &json!({ "ids": some })).bearer(&self.token);
            let response = request.send(self.address).await.unwrap();
            let nodes = response.data()["nodes"].as_array().unwrap();
            let found: Vec<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
            assert_eq!(found, some, "acknowledged, and lost");
        }
    }
}

/// No limits on the number of requests, since these tests count what gets through.
pub const SETTINGS: &[(&str, &str)] = &[
    ("MAIP_RATE_LIMIT_ACCOUNT", "0"),
    ("MAIP_RATE_LIMIT_ANONYMOUS", "0"),
    ("MAIP_RATE_LIMIT_SIGN_IN", "0"),
    ("MAIP_DATABASE_CONNECTIONS", "6"),
];

/// Who writes.
pub const LOGIN: &str = "kill@example.org";
/// Everyone's password here.
pub const PASSWORD: &str = "a password of many letters";

/// Makes an account, before any server runs.
pub fn make_account(database: &Database, login: &str, name: &str) {
    let file = database.data_dir().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let file = file.display().to_string();
    let made = database.run(&["admin", "create", "--login", login, "--name", name, "--password-file", &file]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// Makes someone who may write, before any server runs; gives the platform, whose members all accounts are.
pub async fn make_member(database: &Database) -> String {
    make_account(database, LOGIN, "Ama");
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let platform = new_id("platform");
    for sql in [
        format!(
            "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, \
             country_id, country_code, region, stage, visibility) SELECT '{platform}', 1, 0, 0, 'Banana', 'banana', \
             'en', '', id, code, region, 'IMPLEMENTING', 'PUBLIC' FROM countries WHERE code = 'MWI'"
        ),
        format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, \
             platform_region, account_id, member_sort_key, role, actor_type, status, since) SELECT \
             'membership' || SUBSTR(id, LENGTH('account') + 1), 1, 0, 0, '{platform}', 'MWI', 'AFRICA', id, 'ama', \
             'MEMBER', 'FARMER', 'ACTIVE', 0 FROM accounts"
        ),
    ] {
        let done = connection.execute_unprepared(&sql).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
    }
    connection.close().await.unwrap();
    platform
}

async fn sign_in(server: &Server) -> Client {
    let input = json!({ "login": LOGIN, "password": PASSWORD });
    let response = server.send(Request::mutation("signIn", &input, "session { accessToken }")).await;
    let token = &response.data()["signIn"]["session"]["accessToken"];
    let token = token.as_str().unwrap_or_else(|| panic!("{response}")).to_owned();
    Client { address: server.address(), token }
}

/// What `maip audit verify` says, which must be that the chain is intact.
pub fn audit(database: &Database) -> String {
    let output = database.run(&["audit", "verify"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("the audit chain is intact"), "{said}");
    said
}

/// Waits until every audit row is sealed, and asserts that these writes, each an action and the id of its record, are
/// recorded once, and no others of these actions.
pub async fn are_recorded(database: &Database, actions: &[&str], mut writes: Vec<(&str, String)>) {
    until("the audit rows are sealed", async || audit(database).contains("none waits for a seal")).await;
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let sql = format!(
        "SELECT action, subject_id FROM audit_entries WHERE position IS NOT NULL AND action IN ('{}')",
        actions.join("', '")
    );
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    connection.close().await.unwrap();
    let pair = |row: &QueryResult| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
    let mut recorded: Vec<(String, String)> = rows.iter().map(pair).collect();
    recorded.sort_unstable();
    writes.sort_unstable();
    let writes: Vec<_> = writes.into_iter().map(|(action, id)| (action.to_owned(), id)).collect();
    assert_eq!(recorded, writes, "each acknowledged write is in the audit once");
}

/// The same of organisations with these ids.
async fn organisations_are_recorded(database: &Database, ids: Vec<String>) {
    const CREATED: &str = "organisation.created";
    are_recorded(database, &[CREATED], ids.into_iter().map(|id| (CREATED, id)).collect()).await;
}

/// A bound on the file does what a full disk does: SQLite can't get another page.
#[tokio::test]
async fn a_full_disk_stops_writes_and_reads_go_on() {
    let database = Arc::new(Database::create(Backend::Sqlite).await);
    make_member(&database).await;
    let bytes = std::fs::metadata(database.data_dir().join("maip.db")).unwrap().len();
    let limit = (bytes >> 20) + 2;
    // Little is left of the last mebibyte, so that it is full soon.
    fill(&database, (limit << 20) - bytes - (200 << 10)).await;
    let limit = limit.to_string();
    let small = [SETTINGS, &[("MAIP_SQLITE_MAX_MEBIBYTES", &limit)]].concat();
    let mut server = Server::on(database.clone(), &small).await;
    let client = sign_in(&server).await;
    let mut acknowledged = Vec::new();
    // A write that needs no new page may still find room after one that needs some: full is where none does.
    let mut refused = 0;
    while refused < 20 {
        let id = new_id("organisation");
        match client.write(&id).await {
            Written::Acknowledged => {
                acknowledged.push(id);
                refused = 0;
            }
            other => {
                assert_eq!(other, Written::Unavailable);
                refused += 1;
            }
        }
        assert!(acknowledged.len() < 20_000, "the disk is never full");
    }
    client.finds(&acknowledged).await;
    assert_eq!(server.get("/healthz").await.status, 200);
    audit(&database);
    assert!(server.stop().await.success());

    // With room again, it goes on where it was.
    let server = Server::on(database.clone(), SETTINGS).await;
    let client = Client { address: server.address(), ..client };
    client.finds(&acknowledged).await;
    let id = new_id("organisation");
    assert_eq!(client.write(&id).await, Written::Acknowledged);
    acknowledged.push(id);
    organisations_are_recorded(&database, acknowledged).await;
}

/// Takes so many bytes of the database's file.
async fn fill(database: &Database, bytes: u64) {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let padding = format!("CREATE TABLE padding AS SELECT zeroblob({bytes}) AS bytes");
    connection.execute_unprepared(&padding).await.unwrap();
    connection.close().await.unwrap();
}

/// As on a disk that is really full: files of the process grow no further, which SQLite learns in the middle of a
/// transaction, and ends it by itself.
#[tokio::test]
async fn files_that_cannot_grow_stop_writes_until_they_can() {
    let database = Arc::new(Database::create(Backend::Sqlite).await);
    make_member(&database).await;
    let mut server = Server::on(database.clone(), SETTINGS).await;
    let client = sign_in(&server).await;
    let mut acknowledged = Vec::new();
    let largest = |file: &str| std::fs::metadata(database.data_dir().join(file)).map_or(0, |file| file.len());
    for _ in 0..3 {
        let bytes = largest("maip.db").max(largest("maip.db-wal")) + (64 << 10);
        limit_files(&server, Some(bytes));
        let mut refused = 0;
        while refused < 5 {
            let id = new_id("organisation");
            match client.write(&id).await {
                Written::Acknowledged => acknowledged.push(id),
                Written::Unavailable => refused += 1,
                Written::Lost => panic!("the server is gone"),
            }
            assert!(acknowledged.len() < 20_000, "files grow without end");
        }
        client.finds(&acknowledged).await;
        limit_files(&server, None);
        for _ in 0..5 {
            let id = new_id("organisation");
            until("writes go on", async || client.write(&id).await == Written::Acknowledged).await;
            acknowledged.push(id);
        }
        // Nobody else is kept from writing.
        let ran = database.run(&["migrate"]);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    assert!(server.stop().await.success());
    let server = Server::on(database.clone(), SETTINGS).await;
    Client { address: server.address(), ..client }.finds(&acknowledged).await;
    organisations_are_recorded(&database, acknowledged).await;
}

/// How large the process may make a file.
fn limit_files(server: &Server, bytes: Option<u64>) {
    let process = i32::try_from(server.pid()).ok().and_then(Pid::from_raw);
    prlimit(process, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}
