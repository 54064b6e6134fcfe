//! The commands of `maip`: what they say, and the codes that they end with.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Output;

use maip_tests::{Backend, Database, Server, Town, on_both};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32, said: &str) {
    assert_eq!(output.status.code(), Some(code), "{}{}", out(output), err(output));
    assert!(err(output).contains(said), "{}", err(output));
}

async fn execute(database: &Database, sql: &str) {
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

on_both! {
    async fn a_database_of_another_version_is_refused(backend: Backend) {
        let database = Database::create(backend).await;
        execute(&database, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)").await;
        for command in ["serve", "migrate"] {
            ends(&database.run(&[command]), 7, "of a later version");
        }
        execute(&database, "DELETE FROM seaql_migrations WHERE version IN ('m9999_later', 'm0007_operations')").await;
        ends(&database.run(&["serve"]), 6, "run `maip migrate`");
        execute(&database, "DELETE FROM seaql_migrations").await;
        ends(&database.run(&["serve"]), 5, "run `maip migrate`");
    }

    async fn migrating_again_changes_nothing(backend: Backend) {
        let database = Database::create(backend).await;
        let output = database.run(&["migrate"]);
        assert!(output.status.success(), "{}", err(&output));
        assert!(out(&output).contains("has this version's schema already"), "{}", out(&output));
        assert!(out(&output).contains("249 countries") && out(&output).contains(" 0 concepts added"));
    }

    async fn other_keys_than_the_databases_are_refused(backend: Backend) {
        let database = Database::create(backend).await;
        let other = format!("k1 {}", "00".repeat(32));
        let output = database.command(&["serve"]).env("MAIP_KEYS", other).output().unwrap();
        ends(&output, 13, "another key");
        let output = database.command(&["serve"]).env("MAIP_KEYS", "nonsense").output().unwrap();
        ends(&output, 13, "64 hexadecimal digits");
        let output = database.command(&["serve"]).env_remove("MAIP_KEYS").output().unwrap();
        ends(&output, 13, "no key file");
    }

    async fn an_administrator_is_created_once(backend: Backend) {
        let database = Database::create(backend).await;
        let create = ["admin", "create", "--login", "root@example.org", "--name", "Root"];
        let made = database.run(&create);
        assert!(made.status.success() && out(&made).contains("password: "), "{}{}", out(&made), err(&made));
        ends(&database.run(&create), 11, "login");
        let short = ["admin", "create", "--login", "nope", "--name", "Root"];
        ends(&database.run(&short), 11, "\"nope\" is a short name, which goes with a PIN of 6 to 12 digits");
        let weak = database.data_dir().join("weak");
        std::fs::write(&weak, "short\n").unwrap();
        let weak = weak.display().to_string();
        let create = ["admin", "create", "--login", "b@example.org", "--name", "B", "--password-file", &weak];
        ends(&database.run(&create), 11, "password");
    }

    async fn whoever_runs_the_installation_makes_a_code_for_whom_nobody_reads_one_out(backend: Backend) {
        let mut town = Town::start(backend).await;
        town.administrator("ada").await;
        let run = |login: &str| town.server().database().run(&["admin", "code", "--login", login]);
        ends(&run("nobody@example.org"), 11, "login: no account has this login");
        let made = run("ada.login@example.org");
        assert!(made.status.success() && out(&made).contains("resetPassword"), "{}{}", out(&made), err(&made));
        let said = out(&made);
        let code = said.lines().find_map(|line| line.strip_prefix("code: ")).unwrap();
        let reset = json!({ "login": "ada.login@example.org", "code": code, "newPassword": "a quite new passphrase" });
        town.done("", "resetPassword", reset.clone(), "passwordSet").await;
        assert_eq!(town.refused("", "resetPassword", reset).await, "INVALID_CODE");
        let sign_in = json!({ "login": "ada.login@example.org", "password": "a quite new passphrase" });
        town.done("", "signIn", sign_in, "session { accessToken }").await;
        let noted = "SELECT subject_id FROM audit_entries WHERE action = 'account.code_issued'";
        assert_eq!(town.text(noted).await.as_deref(), Some(town.id("ada")));
    }

    async fn the_audit_chain_is_verified(backend: Backend) {
        let database = Database::create(backend).await;
        let output = database.run(&["audit", "verify"]);
        assert!(output.status.success() && out(&output).contains("intact"), "{}{}", out(&output), err(&output));
    }

    async fn a_vocabulary_is_imported_or_refused_with_its_line(backend: Backend) {
        let database = Database::create(backend).await;
        let file = database.data_dir().join("more.nt");
        let concept = "<http://example.org/c1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> \
                       <http://www.w3.org/2004/02/skos/core#Concept> .\n\
                       <http://example.org/c1> <http://www.w3.org/2004/02/skos/core#prefLabel> \"fig\"@en .\n";
        std::fs::write(&file, concept).unwrap();
        let path = file.display().to_string();
        let output = database.run(&["import", "vocabulary", &path]);
        assert!(output.status.success() && out(&output).contains("1 added"), "{}{}", out(&output), err(&output));
        std::fs::write(&file, format!("{concept}<http://example.org/c2> broken\n")).unwrap();
        ends(&database.run(&["import", "vocabulary", &path]), 9, "line 3");
        ends(&database.run(&["import", "vocabulary", "/nowhere/file.nt"]), 9, "/nowhere/file.nt");
    }

    async fn a_port_in_use_is_said_and_the_server_there_is_left_alone(backend: Backend) {
        let server = Server::start(backend).await;
        let port = server.address().port().to_string();
        let output = server.database().run(&["serve", "--port", &port]);
        ends(&output, 8, "in use");
        assert_eq!(server.get("/readyz").await.status, 200);
    }

    async fn a_token_that_is_revoked_is_worth_nothing(backend: Backend) {
        let server = Server::demo(backend).await;
        let database = server.database();
        let listed = out(&database.run(&["token", "list"]));
        let organisation = listed.split(['(', ')']).find(|part| part.starts_with("organisation_")).unwrap();
        let create =
            ["token", "create", "--organisation", organisation, "--name", "ours", "--scopes", "LESSONS_READ"];
        let nameless = create.map(|word| if word == "ours" { " " } else { word });
        ends(&database.run(&nameless), 2, "--name: the text is empty");
        let made = database.run(&create);
        assert!(made.status.success(), "{}", err(&made));
        let made = out(&made);
        let (id, secret) = (made.lines().next().unwrap(), made.lines().nth(1).unwrap());
        let ask = "{ lessons(first: 1) { nodes { id } } }";
        assert_eq!(server.post(ask, serde_json::json!({}), Some(secret)).await.status, 200);
        assert!(database.run(&["token", "revoke", id]).status.success());
        let refused = server.post(ask, serde_json::json!({}), Some(secret)).await;
        assert_eq!(refused.code(), Some("UNAUTHENTICATED"), "{refused}");
        ends(&database.run(&["token", "revoke", id]), 11, "revoked");
        ends(&database.run(&["token", "revoke", "nonsense"]), 2, "not an id");
    }
}

#[tokio::test]
async fn nothing_is_made_by_serving_where_nothing_is() {
    let database = Database::create(Backend::Sqlite).await;
    let empty = database.data_dir().join("empty");
    let mut command = database.command(&["serve"]);
    command.env_remove("MAIP_DATABASE_URL").env("MAIP_DATA_DIR", &empty);
    ends(&command.output().unwrap(), 5, "run `maip migrate`");
    assert!(!empty.exists());
}

#[tokio::test]
async fn a_database_that_is_away_is_said_without_its_password() {
    let database = Database::create(Backend::Sqlite).await;
    let url = "postgres://maip:s3cret@127.0.0.1:1/maip";
    let output = database.command(&["serve"]).env("MAIP_DATABASE_URL", url).output().unwrap();
    ends(&output, 4, "can't be opened");
    for (part, is_said) in
        [("127.0.0.1:1/maip", true), ("refused", true), ("timed out", false), ("s3cret", false)]
    {
        assert_eq!(err(&output).contains(part), is_said, "{part}: {}", err(&output));
    }
}

#[tokio::test]
async fn a_mistake_in_the_configuration_is_named_with_what_was_meant() {
    let database = Database::create(Backend::Sqlite).await;
    let output = database.command(&["config"]).env("MAIP_PROT", "1").output().unwrap();
    ends(&output, 3, "`MAIP_PORT`");
    for (url, said) in [
        ("postgres://maip:s3cret@localhost:999999/maip", "MAIP_DATABASE_URL: `database_url` can't be read: "),
        (
            "postgres://maip:s3cret@localhost/maip?sslmode=maybe",
            "MAIP_DATABASE_URL: `database_url` can't be read: ",
        ),
        ("sqlite://maip.db?mode=some", "MAIP_DATABASE_URL: `database_url` can't be read: "),
    ] {
        let output = database.command(&["serve"]).env("MAIP_DATABASE_URL", url).output().unwrap();
        ends(&output, 3, said);
        assert!(!err(&output).contains("s3cret"), "{}", err(&output));
    }
    let output = database.command(&["serve"]).env("MAIP_PORT", "x").output().unwrap();
    ends(&output, 3, "MAIP_PORT: `port` must be a whole number");
    std::fs::write(database.data_dir().join("maip.toml"), "databse_connections = 3\n").unwrap();
    ends(&database.run(&["config"]), 3, "`database_connections`");
    for (file, said) in [
        ("[server]\nport = 1\n", "`server.port`; the nearest one is `port`"),
        ("[database]\nurl = 'x'\n", "`database.url`; the nearest one is `database_url`"),
        ("[database]\n", "`database`; the nearest one is `database_url`"),
        ("zzz = 1\n", "`zzz`; `maip config` lists all settings"),
    ] {
        std::fs::write(database.data_dir().join("maip.toml"), file).unwrap();
        ends(&database.run(&["config"]), 3, said);
    }
    std::fs::write(database.data_dir().join("maip.toml"), "PORT = 1\n").unwrap();
    ends(&database.run(&["config"]), 3, "`port`");
    std::fs::write(database.data_dir().join("maip.toml"), "port = 4711\n").unwrap();
    for origin in [
        "https://app.example.org/",
        "app.example.org",
        "https://App.example.org",
        "https://a.org/path",
        "foo bar",
    ] {
        ends(&database.run(&["config", "--cors-origins", origin]), 3, "which is no origin");
    }
    assert!(
        database
            .run(&["config", "--cors-origins", "https://app.example.org,http://localhost:3000"])
            .status
            .success()
    );
    ends(
        &database.run(&["config", "--smtp-url", "smtp://localhost"]),
        3,
        "`smtp_from` is needed with `smtp_url`",
    );
    let shown = out(&database.run(&["config", "--host", "::1"]));
    for (setting, value, source) in
        [("port", "4711", "(./maip.toml)"), ("host", "::1", "(--host)"), ("keys", "***", "(MAIP_KEYS)")]
    {
        let line = shown.lines().find(|line| line.starts_with(&format!("{setting} "))).unwrap();
        assert!(line.contains(value) && line.contains(source.trim_start_matches("(./")), "{line}");
    }
    ends(&database.run(&["serve", "--prot", "1"]), 2, "--port");
    ends(&database.run(&["server"]), 2, "serve");
}

#[tokio::test]
async fn a_copy_of_a_database_in_use_is_a_database() {
    let server = Server::start(Backend::Sqlite).await;
    let copy = server.database().data_dir().join("copy.db");
    let path = copy.display().to_string();
    let output = server.database().run(&["backup", &path]);
    assert!(output.status.success(), "{}", err(&output));
    ends(&server.database().run(&["backup", &path]), 10, "is there already");
    #[cfg(unix)]
    for file in ["copy.db", "maip.db", "maip.db-wal", "maip.db-shm"] {
        let permissions = std::fs::metadata(server.database().data_dir().join(file)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777, 0o600, "{file}");
    }
    let url = format!("sqlite://{path}");
    let output =
        server.database().command(&["audit", "verify"]).env("MAIP_DATABASE_URL", url).output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_that_fails_leaves_no_file_and_takes_none_away() {
    let database = Database::create(Backend::Sqlite).await;
    let maip = database.command(&[]).get_program().to_owned();
    let backup = |file: &str| {
        // As on a full disk: no file grows beyond this.
        let mut shell = std::process::Command::new("sh");
        let script = "trap '' XFSZ; ulimit -f 128; exec \"$0\" backup \"$1\"";
        shell.args(["-c", script]).arg(&maip).arg(file).current_dir(database.data_dir());
        shell.env("MAIP_DATABASE_URL", database.url()).env("MAIP_DATA_DIR", database.data_dir());
        shell.output().unwrap()
    };
    ends(&backup("copy.db"), 10, "copy.db can't be written");
    assert!(!database.data_dir().join("copy.db").exists());
    std::fs::write(database.data_dir().join("mine"), "").unwrap();
    ends(&backup("mine"), 10, "is there already");
    assert!(database.data_dir().join("mine").exists());
    ends(&backup("nowhere/copy.db"), 10, "can't be written");
}

#[tokio::test]
async fn on_postgres_a_backup_says_what_to_run() {
    let database = Database::create(Backend::Postgres).await;
    let output = database.run(&["backup", "copy.dump"]);
    ends(&output, 11, "pg_dump");
    assert!(!err(&output).contains(database.url()), "{}", err(&output));
    let user = database.url().split("://").nth(1).and_then(|rest| rest.split([':', '@']).next()).unwrap();
    assert!(err(&output).contains(&format!("'postgres://{user}@")), "{}", err(&output));
}
