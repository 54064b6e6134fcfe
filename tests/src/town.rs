//! A server with people on it: members, offices, organisations. Accounts are made by the binary itself and sign in over
//! HTTP; memberships and offices are written into the database, since whoever gives them out has to be there first.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, QueryResult, Statement};
use serde_json::{Value, json};

use crate::{Backend, Request, Response, Server};

/// The password of everyone here.
pub const PASSWORD: &str = "seven lean camels 1902";

/// Someone who signed in.
#[derive(Debug, Clone)]
struct Person {
    id: String,
    access: String,
}

/// A server and the people on it, by their names.
#[derive(Debug)]
pub struct Town {
    server: Server,
    connection: DatabaseConnection,
    people: BTreeMap<String, Person>,
    platforms: BTreeMap<String, String>,
    numbers: AtomicU32,
}

impl Town {
    /// A town without anybody.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, &[]).await
    }

    /// A town whose server has more environment variables, such as `("MAIP_LOG", "debug")`.
    pub async fn start_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        Self::at(Server::start_with(backend, settings).await).await
    }

    /// A town at a server that runs already.
    pub async fn at(server: Server) -> Self {
        let connection =
            sea_orm::Database::connect(server.database().url()).await.expect("the database can be reached");
        let (people, platforms) = (BTreeMap::new(), BTreeMap::new());
        Self { server, connection, people, platforms, numbers: AtomicU32::new(0) }
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The server, to stop it or to start it again.
    pub fn server_mut(&mut self) -> &mut Server {
        &mut self.server
    }

    /// Someone with an account, and nothing else. The login holds the name.
    pub async fn person(&mut self, name: &str) {
        let login = format!("{name}.login@example.org");
        let args = ["admin", "create", "--login", &login, "--name", name, "--password-file", "-"];
        let mut command = self.server.database().command(&args);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the maip binary starts");
        let mut input = child.stdin.take().expect("standard input is a pipe");
        writeln!(input, "{PASSWORD}").expect("the password can be piped in");
        drop(input);
        let output = child.wait_with_output().expect("the command ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let query = "mutation ($login: String!, $password: String!) { signIn(input: { login: $login, password: $password }) \
                     { account { id } session { accessToken } userErrors { code message } } }";
        let answer = self.server.post(query, json!({ "login": login, "password": PASSWORD }), None).await;
        let signed_in = &answer.data()["signIn"];
        let text = |value: &Value| {
            value.as_str().unwrap_or_else(|| panic!("{name} signs in: {signed_in}")).to_owned()
        };
        let id = text(&signed_in["account"]["id"]);
        let access = text(&signed_in["session"]["accessToken"]);
        self.execute(&format!("UPDATE accounts SET system_administrator = FALSE WHERE id = '{id}'")).await;
        self.people.insert(name.to_owned(), Person { id, access });
    }

    /// A system administrator.
    pub async fn administrator(&mut self, name: &str) {
        self.person(name).await;
        let id = self.id(name);
        self.execute(&format!("UPDATE accounts SET system_administrator = TRUE WHERE id = '{id}'")).await;
    }

    /// Someone who is a member of the platform of a country, in this role.
    pub async fn member(&mut self, name: &str, country: &str, role: &str) {
        self.person(name).await;
        let platform = self.platform(country).await;
        let (country_id, _) = self.country(country).await;
        let (id, membership) = (self.id(name).to_owned(), self.fresh("membership"));
        self.execute(&format!("UPDATE accounts SET country_id = '{country_id}' WHERE id = '{id}'")).await;
        self.execute(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, account_id, \
             member_sort_key, role, actor_type, status, since) VALUES ('{membership}', 1, 1, 1, '{platform}', '{country}', \
             '{id}', '{name}', '{role}', 'FARMER', 'ACTIVE', 1)"
        ))
        .await;
    }

    /// Someone who holds an office for a country, or for its region where it is an office of regions.
    pub async fn officer(&mut self, name: &str, country: &str, office: &str) {
        self.person(name).await;
        self.office(name, country, office).await;
    }

    /// The office alone, for someone who is there already.
    pub async fn office(&mut self, name: &str, country: &str, office: &str) {
        let (country_id, region) = self.country(country).await;
        let (id, appointment) = (self.id(name).to_owned(), self.fresh("appointment"));
        let (columns, place) = if office == "REGIONAL_FOCAL_POINT" {
            ("region", format!("'{region}'"))
        } else {
            ("country_id, country_code, country_region", format!("'{country_id}', '{country}', '{region}'"))
        };
        self.execute(&format!(
            "INSERT INTO appointments (id, revision, created_at, updated_at, account_id, kind, starts_at, sort_at, {columns}) \
             VALUES ('{appointment}', 1, 1, 1, '{id}', '{office}', 1, 1, {place})"
        ))
        .await;
    }

    /// The platform of a country; made when it is first asked for.
    pub async fn platform(&mut self, country: &str) -> String {
        if let Some(platform) = self.platforms.get(country) {
            return platform.clone();
        }
        let (country_id, region) = self.country(country).await;
        let id = self.fresh("platform");
        self.execute(&format!(
            "INSERT INTO platforms (id, revision, created_at, updated_at, name, sort_key, language, description, country_id, \
             country_code, region, stage, visibility) VALUES ('{id}', 1, 1, 1, 'Platform {country}', 'platform', 'en', \
             'Of {country}', '{country_id}', '{country}', '{region}', 'IMPLEMENTING', 'PUBLIC')"
        ))
        .await;
        self.platforms.insert(country.to_owned(), id.clone());
        id
    }

    /// Makes an organisation a member of the platform of a country.
    pub async fn join(&mut self, organisation: &str, country: &str) {
        let (platform, membership) = (self.platform(country).await, self.fresh("membership"));
        self.execute(&format!(
            "INSERT INTO memberships (id, revision, created_at, updated_at, platform_id, platform_country_code, \
             organisation_id, member_sort_key, role, actor_type, status, since) VALUES ('{membership}', 1, 1, 1, \
             '{platform}', '{country}', '{organisation}', 'o', 'MEMBER', 'NGO', 'ACTIVE', 1)"
        ))
        .await;
    }

    /// The password of everyone whom the town made.
    #[must_use]
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The account of someone.
    #[must_use]
    pub fn id(&self, name: &str) -> &str {
        &self.people[name].id
    }

    /// What someone sends as their credentials: of a person's name their access token, else the text itself (a token's
    /// secret), and of an empty text none.
    #[must_use]
    pub fn bearer<'a>(&'a self, who: &'a str) -> Option<&'a str> {
        match self.people.get(who) {
            Some(person) => Some(&person.access),
            None => Some(who).filter(|who| !who.is_empty()),
        }
    }

    /// Sends an operation as someone.
    pub async fn send(&self, who: &str, query: &str, variables: Value) -> Response {
        self.server.post(query, variables, self.bearer(who)).await
    }

    /// The `data` of an operation that must go well.
    pub async fn data(&self, who: &str, query: &str, variables: Value) -> Value {
        self.send(who, query, variables).await.data().clone()
    }

    /// The payload of a mutation: `selection` and its `userErrors`.
    pub async fn payload(&self, who: &str, mutation: &str, input: Value, selection: &str) -> Value {
        let mut request = Request::mutation(mutation, &input, selection);
        if let Some(bearer) = self.bearer(who) {
            request = request.bearer(bearer);
        }
        self.server.send(request).await.data()[mutation].clone()
    }

    /// A mutation that must be done; gives its payload.
    pub async fn done(&self, who: &str, mutation: &str, input: Value, selection: &str) -> Value {
        let payload = self.payload(who, mutation, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation} by {who}");
        payload
    }

    /// A mutation that must be refused; gives the code of its first error.
    pub async fn refused(&self, who: &str, mutation: &str, input: Value) -> String {
        let payload = self.payload(who, mutation, input, "__typename").await;
        let code = payload["userErrors"][0]["code"].as_str();
        code.unwrap_or_else(|| panic!("{mutation} by {who} is to be refused: {payload}")).to_owned()
    }

    /// Runs a statement on the database, past the server.
    pub async fn execute(&self, sql: &str) {
        self.connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The first column of the first row of a statement, as text.
    pub async fn text(&self, sql: &str) -> Option<String> {
        let statement = Statement::from_string(self.connection.get_database_backend(), sql);
        let row = self
            .connection
            .query_one_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))?;
        row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The first column of all rows of a statement.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.connection.get_database_backend(), sql);
        let rows = self.connection.query_all_raw(statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let first =
            |row: &QueryResult| row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter().map(first).collect()
    }

    /// An id that nothing has yet.
    #[must_use]
    pub fn fresh(&self, prefix: &str) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let letter = |shift: u32| char::from(LETTERS[((number >> shift) & 31) as usize]);
        format!("{prefix}_01h455vb4pex5vsknk084s{}{}{}q", letter(10), letter(5), letter(0))
    }

    /// Id and region of a country.
    async fn country(&self, code: &str) -> (String, String) {
        let of = |column: &str| format!("SELECT {column} FROM countries WHERE code = '{code}'");
        let id = self.text(&of("id")).await.unwrap_or_else(|| panic!("{code} is a country"));
        (id, self.text(&of("region")).await.unwrap_or_default())
    }
}
